import { isUtf8 } from 'node:buffer';
import { stat } from 'node:fs/promises';
import { UserError } from '../../errors.ts';
import { contentsOf } from './unpack.ts';

export interface Line {
  readonly text: string;
  /** From 1. */
  readonly number: number;
  /** How much of the file was read for it: with the first of several lines that were read together, all of it. */
  readonly bytes: number;
}

/** Longer lines are cut or refused, in bytes: no file has to fit in memory. */
const LONGEST = { cut: 1 << 20, refuse: 1 << 26 } as const;

const LINE_FEED = 0x0a;
const SPACE = 0x20;

/**
 * The lines of a UTF-8 file, unpacked where it is packed, as many at a time as were read together. Lines end in LF or
 * CR LF. Very long ones are an error, or `cut` at a space. Throws a UserError where there is no such file, nothing in
 * it, or where it is damaged or not UTF-8, with the line.
 */
export async function* linesOf(path: string, long: 'cut' | 'refuse' = 'refuse'): AsyncGenerator<readonly Line[]> {
  await checkFile(path);
  const carried: Buffer[] = [];
  let held = 0;
  let number = 1;
  let read = 0;
  const lines = (last: Buffer, isWhole: boolean): readonly Line[] => {
    const block = carried.length === 0 ? last : Buffer.concat([...carried, last]);
    carried.length = 0;
    held = 0;
    const texts = decoded(path, block, number).split('\n');
    // What follows the last line feed is nothing.
    if (isWhole) texts.pop();
    const first = number;
    number += isWhole ? texts.length : 0;
    const bytes = read;
    read = 0;
    return texts.map((text, index) => ({
      text: plain(text, first + index),
      number: first + index,
      bytes: index === 0 ? bytes : 0,
    }));
  };
  const hold = (bytes: Buffer): void => {
    if (bytes.length > 0) carried.push(bytes);
    held += bytes.length;
  };
  for await (const part of contentsOf(path)) {
    read += part.read;
    const end = part.bytes.lastIndexOf(LINE_FEED) + 1;
    if (end > 0) yield lines(part.bytes.subarray(0, end), true);
    hold(part.bytes.subarray(end));
    if (held <= LONGEST[long]) continue;
    if (long === 'refuse') throw tooLong(path, number);
    const all = Buffer.concat(carried);
    const cut = lastCut(all);
    carried.length = 0;
    yield lines(all.subarray(0, cut), false);
    hold(all.subarray(cut));
  }
  if (held > 0) yield lines(Buffer.alloc(0), false);
}

const plain = (text: string, number: number): string => {
  const line = text.endsWith('\r') ? text.slice(0, -1) : text;
  return number === 1 ? line.replace(/^\ufeff/, '') : line;
};

/** After the last space; where there is none, before the last character. */
function lastCut(bytes: Buffer): number {
  const space = bytes.lastIndexOf(SPACE);
  if (space > 0) return space + 1;
  let at = bytes.length - 1;
  while (at > 1 && (bytes[at]! & 0xc0) === 0x80) at -= 1;
  return at;
}

function decoded(path: string, block: Buffer, number: number): string {
  if (isUtf8(block)) return block.toString('utf8');
  let line = number;
  for (let start = 0; ; line += 1) {
    const found = block.indexOf(LINE_FEED, start);
    const end = found === -1 ? block.length : found + 1;
    if (!isUtf8(block.subarray(start, end))) throw notUtf8(path, line, offsetOfBad(block.subarray(start, end)));
    start = end;
  }
}

/** The first byte, from 0, that no UTF-8 character can begin or go on with. */
function offsetOfBad(line: Buffer): number {
  for (let at = 0; ;) {
    const next = [1, 2, 3, 4].find((length) => at + length <= line.length && isUtf8(line.subarray(at, at + length)));
    if (next === undefined) return at;
    at += next;
  }
}

const notUtf8 = (path: string, line: number, offset: number): UserError =>
  new UserError(
    `${path}:${line}: a corpus must be UTF-8; byte ${offset + 1} of the line is not.`,
    'Convert the file, with `iconv -f latin1 -t utf-8` or the encoding that it has.',
  );

const tooLong = (path: string, line: number): UserError =>
  new UserError(
    `${path}:${line}: a line must not be longer than ${LONGEST.refuse >> 20} MiB.`,
    'Write one document a line.',
  );

/** Throws a UserError unless `path` is a file with something in it. */
export async function checkFile(path: string): Promise<void> {
  const found = await stat(path).catch((error: unknown) => {
    throw new UserError(`${path}: the corpus file cannot be read (${reasonOf(error)}).`, 'Check data.corpus.', {
      cause: error,
    });
  });
  if (!found.isFile())
    throw new UserError(`${path}: a corpus must be a file, got a folder.`, 'Name its files instead.');
  if (found.size === 0) throw emptyCorpus(path);
}

/** The UserError for a corpus that holds no text. */
export const emptyCorpus = (path: string): UserError =>
  new UserError(`${path}: the corpus holds no text.`, 'Remove it from data.corpus, or put text into it.');

function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT') return 'there is no such file';
  return code === 'EACCES' ? 'permission denied' : String(error);
}
