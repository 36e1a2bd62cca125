import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { UserError } from '../../errors.ts';

export interface Line {
  readonly text: string;
  /** From 1. */
  readonly number: number;
  /** Its size in the file, its line feed included. */
  readonly bytes: number;
}

/** The lines of a UTF-8 file, one at a time. Throws a UserError where there is no such file, or nothing in it. */
export async function* linesOf(path: string): AsyncGenerator<Line> {
  await checkFile(path);
  let number = 0;
  for await (const text of createInterface({ input: createReadStream(path), crlfDelay: Infinity })) {
    number += 1;
    yield { text: number === 1 ? text.replace(/^\ufeff/, '') : text, number, bytes: Buffer.byteLength(text) + 1 };
  }
}

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
