import { randomBytes } from 'node:crypto';
import type { Dirent } from 'node:fs';
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { refusal, UserError } from '../errors.ts';

/**
 * Writes a file so that it is there whole or not at all: under a temporary name, synced, then renamed. Folders are
 * made as needed. Throws a UserError where the place cannot be written to.
 */
export async function writeWhole(path: string, text: string): Promise<void> {
  const temporary = `${path}.${randomBytes(4).toString('hex')}.tmp`;
  try {
    await mkdir(dirname(path), { recursive: true });
    const file = await open(temporary, 'wx');
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw writeError(path, error);
  }
}

const ELSEWHERE = 'Choose another folder: with --results for results, with GROWBENCH_CACHE for the cache.';

const REASONS: Readonly<Record<string, readonly [reason: string, hint: string]>> = {
  ENOSPC: ['the disk is full', 'Free some space and run the same command again: finished cells are kept.'],
  EDQUOT: ['the disk quota is used up', 'Free some space and run the same command again: finished cells are kept.'],
  EACCES: ['permission denied', ELSEWHERE],
  EPERM: ['permission denied', ELSEWHERE],
  EROFS: ['the file system is read-only', ELSEWHERE],
  ENOTDIR: ['a part of the path is a file, not a folder', ELSEWHERE],
  EEXIST: ['a part of the path is a file, not a folder', ELSEWHERE],
  EISDIR: ['a folder stands where the file should be', ELSEWHERE],
};

/** What is thrown for an error of writing to `path`: a UserError where the reason is the user's to mend, else the error. */
export function writeError(path: string, error: unknown): unknown {
  const known = REASONS[codeOf(error)];
  return known === undefined ? error : new UserError(`cannot write ${path}: ${known[0]}`, known[1], { cause: error });
}

/**
 * What a JSON file holds; null where there is none, or one that was cut off by a crash: for what can be made again, or
 * is only for show.
 */
export async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as unknown;
  } catch (error) {
    if (error instanceof SyntaxError || ['ENOENT', 'ENOTDIR'].includes(codeOf(error))) return null;
    throw refusal(error, path) ?? error;
  }
}

/** What is in a folder, by name; nothing where there is no folder. */
export async function entriesOf(folder: string): Promise<Dirent[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(codeOf(error))) return [];
    throw refusal(error, folder) ?? error;
  }
}

/** The system's name for an error (`ENOENT`), empty for an error of another kind. */
export const codeOf = (error: unknown): string => (error instanceof Error && 'code' in error ? String(error.code) : '');
