import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { readVocabularyFile } from '../checkpoint/vocabulary-file.ts';
import { UserError } from '../errors.ts';
import type { PathMistake } from './corpus-path.ts';

/** A vocabulary of the user's. */
export interface ResolvedVocabulary {
  readonly path: string;
  /** Entries. */
  readonly size: number;
  /** Of what decides the ids: the entries and their case, whatever file they stand in. */
  readonly digest: string;
}

/** The vocabulary that a path means, given relative to `from`: a file, or a folder that has a BERT's tokenizer files. */
export async function resolveVocabulary(entry: string, from: string): Promise<ResolvedVocabulary | PathMistake> {
  const path = await fileOf(resolve(from, entry));
  try {
    const { entries, lowercase } = await readVocabularyFile(path);
    const digest = createHash('sha256')
      .update(JSON.stringify([lowercase, entries]))
      .digest('hex');
    return { path, size: entries.length, digest };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { message: `must be a vocabulary that can be used, got ${error.message}`, hint: error.hint };
  }
}

async function fileOf(path: string): Promise<string> {
  const found = await stat(path).catch(() => null);
  if (found?.isDirectory() !== true) return path;
  const list = join(path, 'vocab.txt');
  return (await stat(list).catch(() => null)) === null ? join(path, 'tokenizer.json') : list;
}
