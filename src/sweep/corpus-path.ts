import { stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { suggest } from '../errors.ts';
import { CORPORA } from '../run/corpora.ts';

/** An entry of `data` ready to be read, or what is wrong with it. */
export type ResolvedPath = { readonly path: string } | { readonly message: string; readonly hint: string };

/** A shipped corpus by name, else the absolute path of a text file, given relative to the sweep file. */
export async function resolveCorpus(entry: string, sweepFile: string): Promise<ResolvedPath> {
  const names: readonly string[] = CORPORA;
  if (names.includes(entry)) return { path: entry };
  if (!/[/\\]|\.(txt|jsonl)$/.test(entry)) {
    const hint = `${suggest(entry, names)}Shipped: ${names.join(', ')}; a path ends in .txt or .jsonl.`;
    return { message: `must be a shipped corpus or a path, got "${entry}"`, hint };
  }
  if (!/\.(txt|jsonl)$/.test(entry)) {
    return { message: `must be a .txt or .jsonl file, got "${entry}"`, hint: 'A .txt has a sentence on each line.' };
  }
  const path = resolve(dirname(sweepFile), entry);
  if (await isFile(path)) return { path };
  return {
    message: `must be a file that exists, got "${entry}"`,
    hint: 'Paths start from the folder of the sweep file.',
  };
}

/** The absolute path of a folder, given relative to the sweep file. */
export async function resolveFolder(entry: string, sweepFile: string): Promise<ResolvedPath> {
  const path = resolve(dirname(sweepFile), entry);
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

async function isFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}
