import type { SourceFile } from '../task.ts';

/** A split in GLUE's own folder, as lines of JSON, or as the Hugging Face hub has it. */
const namesIn = (folder: string, hub: string, split: string, hubSplit: string): readonly string[] => [
  `${folder}/${split}.tsv`,
  ...[...new Set([`${folder}/${split}`, `${folder}/${hubSplit}`, `${hub}/${hubSplit}`])].map((name) => `${name}.jsonl`),
  `${hub}/${hubSplit}-00000-of-00001.parquet`,
];

/** The training set of a task in the folder `folder` of GLUE, `hub` of the hub's copy. */
export const trainFile = (folder: string, hub: string): SourceFile => namesIn(folder, hub, 'train', 'train');

/** The development set, which the hub calls validation. */
export const devFiles = (folder: string, hub: string, part = ''): readonly { readonly file: SourceFile }[] => [
  { file: namesIn(folder, hub, `dev${part}`, `validation${part}`) },
];

/** A set without labels; `part` is that of a task that has several. */
export const testFile = (folder: string, hub: string, part = ''): SourceFile =>
  namesIn(folder, hub, `test${part}`, `test${part}`);

/** The diagnostic set without labels: GLUE's download, and the hub's copy. */
export const DIAGNOSTIC_FILE: SourceFile = [
  'diagnostic/diagnostic.tsv',
  'AX/diagnostic.tsv',
  'AX/AX.tsv',
  'AX.tsv',
  'ax/test.jsonl',
  'ax/test-00000-of-00001.parquet',
];
