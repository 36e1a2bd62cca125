import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';

/** An entry of `data` ready to be read. */
export interface ResolvedPath {
  readonly path: string;
}

/** What is wrong with an entry of `data`, and what to do about it. */
export interface PathMistake {
  readonly message: string;
  readonly hint: string;
}

/** The absolute path of a folder, given relative to `from`, the sweep file's. */
export async function resolveFolder(entry: string, from: string): Promise<ResolvedPath | PathMistake> {
  const path = resolve(from, entry);
  const isFolder = await stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (isFolder) return { path };
  return {
    message: `must be a folder that exists, got "${entry}"`,
    hint: 'Paths start from the folder of the sweep file.',
  };
}
