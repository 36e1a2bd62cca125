import { stat } from 'node:fs/promises';
import { basename, extname, resolve } from 'node:path';
import { glob } from 'tinyglobby';
import { suggest } from '../errors.ts';
import { CORPORA, CORPUS_FILES, corpusFormat } from './corpora.ts';

/** Where the text of an entry is, or what is wrong with the entry. */
export type FoundCorpus = { readonly paths: readonly string[] } | { readonly message: string; readonly hint: string };

const ORDER = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const IS_GLOB = /[*?[\]{}]/;
const FROM = 'Paths start from the folder of the sweep file.';

/**
 * What an entry of `data.corpus` stands for: a shipped corpus by its name, or the absolute paths of text files, given
 * relative to `folder`: a file, all such files beneath a folder, or those that a glob matches (`corpus/*.jsonl.gz`), in
 * the order of their paths by code unit. Files whose names begin with a dot are not found by looking.
 * `from` says in messages where paths start.
 */
export async function findCorpus(entry: string, folder: string, from = FROM): Promise<FoundCorpus> {
  const names: readonly string[] = CORPORA;
  if (names.includes(entry)) return { paths: [entry] };
  const path = resolve(folder, entry);
  const found = await stat(path).catch(() => null);
  if (found?.isDirectory() === true) return filesBeneath(entry, path);
  if (found === null && IS_GLOB.test(entry)) return filesMatching(entry, folder, from);
  if (found === null && !/[/\\]/.test(entry) && corpusFormat(entry) === null) {
    const hint = `${suggest(entry, names)}Shipped: ${names.join(', ')}; files are ${CORPUS_FILES}.`;
    return { message: `must be a shipped corpus or a path, got "${entry}"`, hint };
  }
  if (found === null && (corpusFormat(entry) !== null || extname(entry) === ''))
    return { message: `must be a file that exists, got "${entry}"`, hint: from };
  if (corpusFormat(entry) === null) return { message: unreadable([entry]), hint: HINT };
  if (found?.isFile() === true) return { paths: [path] };
  return { message: `must be a file, got "${entry}", which is none`, hint: from };
}

const HINT = 'A .txt has a sentence on each line, a .jsonl {"text": "…"}, a .parquet a column of text.';

const unreadable = (names: readonly string[]): string => {
  const more = names.length > 3 ? ` and ${names.length - 3} more` : '';
  return `must be ${CORPUS_FILES}, got ${names
    .slice(0, 3)
    .map((name) => `"${name}"`)
    .join(', ')}${more}`;
};

async function filesBeneath(entry: string, folder: string): Promise<FoundCorpus> {
  const all = await glob('**/*', { cwd: folder, absolute: true, expandDirectories: false });
  // What else lies in a data set's folder (a licence, a list of sums) is not meant.
  const paths = all.filter((path) => corpusFormat(path) !== null).sort(ORDER);
  if (paths.length > 0) return { paths };
  const others = all.length === 0 ? 'no file' : `${all.length} of other kinds`;
  return { message: `must hold text, got the folder "${entry}" with ${others}`, hint: `Looked for ${CORPUS_FILES}.` };
}

async function filesMatching(pattern: string, folder: string, from: string): Promise<FoundCorpus> {
  const posix = pattern.replaceAll('\\', '/');
  const paths = (await glob(posix, { cwd: folder, absolute: true, expandDirectories: false })).sort(ORDER);
  const others = paths.filter((path) => corpusFormat(path) === null);
  if (others.length > 0) return { message: unreadable(others.map((path) => basename(path))), hint: HINT };
  if (paths.length > 0) return { paths };
  return { message: `must match a file, got "${pattern}", which matches none in ${folder}`, hint: from };
}
