import { readFile } from 'node:fs/promises';
import { setImmediate } from 'node:timers/promises';
import { dataFolder, taskFile, taskFiles, type DataFolders } from '../run/task-files.ts';
import { shippedTasks } from '../tasks/index.ts';
import { textKey } from '../tasks/split.ts';
import { namesOf, type SourceFiles, type Task, type UnlabelledSet } from '../tasks/task.ts';
import { dataText } from './data-file.ts';
import { wordnetFile } from './packages.ts';
import { parquetLines } from './parquet.ts';

const loaded = new Map<string, Promise<unknown>>();

/**
 * A task's training and test examples, read from its data set once per process; `folders` says where the user's data
 * sets are. Throws a UserError for a file that is not there or cannot be read.
 */
export function loadExamples<T extends Task>(task: T, folders: DataFolders = {}): Promise<ReturnType<T['examples']>> {
  const folder = dataFolder(task, folders);
  const key = `${task.name} ${folder ?? ''}`;
  const splits = loaded.get(key) ?? sourcesOf(task, folder).then((files) => task.examples(files));
  loaded.set(key, splits);
  return splits as Promise<ReturnType<T['examples']>>;
}

async function sourcesOf(task: Task, folder: string | null): Promise<SourceFiles> {
  if (folder === null) return readSources(task.files.flatMap(namesOf));
  const files = await taskFiles(task, folder);
  return new Map(await Promise.all(files.map(async ({ name, path }) => [name, await textOf(path)] as const)));
}

/**
 * The examples of one of a task's sets without labels, read anew each time: they are needed once. Throws a UserError for
 * a file that is not there or cannot be read.
 */
export async function loadUnlabelled(
  task: Task,
  set: UnlabelledSet,
  folders: DataFolders,
): Promise<ReturnType<UnlabelledSet['examples']>> {
  const folder = dataFolder(task, folders);
  if (folder === null) throw new RangeError(`${task.name} has no data of the user's`);
  const { name, path } = await taskFile(task.name, set.file, folder);
  return set.examples(new Map([[name, await textOf(path)]]));
}

const textOf = (path: string): Promise<string> => (path.endsWith('.parquet') ? parquetLines(path) : dataText(path));

/** The tasks for whose sake text is kept out of pre-training: those of the others are among theirs. */
const heldOutFor: readonly Task[] = shippedTasks.filter(({ heldOutWith }) => heldOutWith === undefined);

/** Names the text that is kept out as a whole: changes when a task of its own text is added or its version goes up. */
export const heldOutVersion = (): string => heldOutFor.map(({ name, version }) => `${name}@${version}`).join(' ');

let heldOut: Promise<ReadonlySet<string>> | undefined;

/**
 * The keys (textKey) of every text of every shipped task's test examples: none may be seen in pre-training. Found once
 * per process.
 */
export function heldOutKeys(): Promise<ReadonlySet<string>> {
  heldOut ??= findHeldOutKeys();
  return heldOut;
}

async function findHeldOutKeys(): Promise<ReadonlySet<string>> {
  // One set of files for all tasks, so that they are parsed once.
  const files = await readSources([...new Set(heldOutFor.flatMap(({ files: own }) => own.flatMap(namesOf)))]);
  const keys = new Set<string>();
  for (const task of heldOutFor) {
    for (const text of testTexts(task, files)) keys.add(textKey(text));
    // Each task takes a good part of a second; signals and progress must not wait for all of them.
    await setImmediate();
  }
  return keys;
}

function testTexts(task: Task, files: SourceFiles): readonly string[] {
  switch (task.kind) {
    case 'classification':
      return task.examples(files).test.flatMap((example) => task.texts(example));
    case 'regression':
      return task.examples(files).test.flatMap((example) => task.texts(example));
    case 'span':
      return task.examples(files).test.flatMap((example) => task.texts(example));
  }
}

/** The texts of data files by name. */
export async function readSources(names: readonly string[]): Promise<SourceFiles> {
  const texts = await Promise.all(names.map((name) => readFile(wordnetFile(name), 'utf8')));
  return new Map(names.map((name, index) => [name, texts[index]!]));
}
