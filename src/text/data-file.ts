import { isUtf8 } from 'node:buffer';
import { readFile, stat } from 'node:fs/promises';
import { UserError } from '../errors.ts';

/** Three times the largest file of GLUE and SQuAD, and half of what JavaScript can hold as one text. */
export const LARGEST_DATA_FILE = 2 ** 28;

const LINE_FEED = 0x0a;

/** The text of a file of a data set. Throws a UserError for a file that is too large or not UTF-8. */
export async function dataText(path: string): Promise<string> {
  await checkSize(path);
  const bytes = await readFile(path);
  if (isUtf8(bytes)) return bytes.toString('utf8');
  const line = firstBadLine(bytes);
  throw new UserError(
    `${path}:${line} must be UTF-8, got other bytes`,
    'Save the file as UTF-8: `iconv -f LATIN1 -t UTF-8` turns the most common other encoding into it.',
  );
}

/** Throws a UserError for a file larger than LARGEST_DATA_FILE. */
export async function checkSize(path: string): Promise<void> {
  const { size } = await stat(path);
  if (size <= LARGEST_DATA_FILE) return;
  throw new UserError(
    `${path} must not be larger than ${LARGEST_DATA_FILE.toLocaleString('en')} bytes, got ${size.toLocaleString('en')}`,
    'It is read whole. The largest file of GLUE and SQuAD has 80 million.',
  );
}

/** Lines are checked one by one: no character of UTF-8 has a line feed among its bytes. */
function firstBadLine(bytes: Buffer): number {
  let line = 1;
  for (let start = 0; start < bytes.length; line += 1) {
    const feed = bytes.indexOf(LINE_FEED, start);
    const end = feed === -1 ? bytes.length : feed;
    if (!isUtf8(bytes.subarray(start, end))) return line;
    start = end + 1;
  }
  return line;
}
