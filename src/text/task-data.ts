import { readFile } from 'node:fs/promises';
import { setImmediate } from 'node:timers/promises';
import { tasks } from '../tasks/index.ts';
import { textKey } from '../tasks/split.ts';
import type { SourceFiles, Task } from '../tasks/task.ts';
import { wordnetFile } from './packages.ts';

const loaded = new Map<string, Promise<unknown>>();

/** A task's training and test examples, read from its data set once per process. */
export function loadExamples<T extends Task>(task: T): Promise<ReturnType<T['examples']>> {
  const splits = loaded.get(task.name) ?? readSources(task.files).then((files) => task.examples(files));
  loaded.set(task.name, splits);
  return splits as Promise<ReturnType<T['examples']>>;
}

/** Names the test examples' text as a whole: changes when a task is added or its version goes up. */
export const heldOutVersion = (): string => tasks.map(({ name, version }) => `${name}@${version}`).join(' ');

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
  const files = await readSources([...new Set(tasks.flatMap((task) => task.files))]);
  const keys = new Set<string>();
  for (const task of tasks) {
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
