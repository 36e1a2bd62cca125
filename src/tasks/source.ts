import { UserError } from '../errors.ts';
import { hashText } from './hash.ts';
import { namesOf, type SourceFile, type SourceFiles } from './task.ts';

/** A file of a data set that a user brings. */
export interface Source {
  readonly name: string;
  readonly text: string;
}

/** The first of a file's names that was handed in. Throws a UserError where none was. */
export function sourceOf(files: SourceFiles, file: SourceFile, task: string): Source {
  const names = namesOf(file);
  const name = names.find((candidate) => files.has(candidate));
  if (name === undefined) throw missingFile(task, names);
  return { name, text: files.get(name)!.replace(/^\u{feff}/u, '') };
}

/** That a task's data set lacks a file; `names` are those that it may have. */
export function missingFile(task: string, names: readonly string[], folder = 'the data set'): UserError {
  const [first = '', ...others] = names;
  const rest = others.length === 0 ? '' : `, or as ${others.join(' or ')}`;
  return new UserError(
    `${task} needs ${first} in ${folder}, which is not there`,
    `It is looked for as ${first}${rest}.`,
  );
}

/** Something of a file that could not be used. */
export interface BadLine {
  readonly line: number;
  readonly why: string;
}

/** What a file is counted in: the rows of a Parquet file are handed on as lines, but nobody finds them as such. */
export const partOf = (name: string): 'row' | 'line' => (name.endsWith('.parquet') ? 'row' : 'line');

/** What is told of a file's bad lines: how many of how many, and what is wrong with the first. Empty without any. */
export function badLineWarnings(name: string, bad: readonly BadLine[], lines: number): string[] {
  const [first] = bad;
  if (first === undefined) return [];
  const count = `${bad.length.toLocaleString('en')} of ${lines.toLocaleString('en')}`;
  const part = partOf(name);
  return [`${name}: ${count} ${part}s left out as unreadable, the first at ${part} ${first.line} (${first.why})`];
}

/** Items in an order that depends on their number only, so that any beginning of them is a fair sample. */
export function shuffled<Item>(items: readonly Item[]): Item[] {
  return items
    .map((item, index) => ({ item, index, hash: hashText(String(index)) }))
    .sort((a, b) => a.hash - b.hash || a.index - b.index)
    .map(({ item }) => item);
}
