import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../errors.ts';
import { tasks } from '../tasks/index.ts';
import { missingFile } from '../tasks/source.ts';
import { namesOf, type SourceFile, type Task, type UserDataSet } from '../tasks/task.ts';
import type { Settings } from './spec.ts';

/** Where a user's data sets are. */
export type DataFolders = Readonly<Partial<Record<UserDataSet, string | undefined>>>;

/** The folder that a task's files are in; null for a shipped task. Throws a UserError where it is not given. */
export function dataFolder({ name, data }: Pick<Task, 'name' | 'data'>, folders: DataFolders): string | null {
  if (data === 'wordnet') return null;
  const folder = folders[data];
  if (folder !== undefined) return folder;
  throw new UserError(`${name} needs the folder of its data, got no data.${data}`, `Give \`data: { ${data}: PATH }\`.`);
}

export interface TaskFile {
  /** As the task names it. */
  readonly name: string;
  readonly path: string;
}

/** The files of a task in a user's folder: of each file's names the first that is there. Throws a UserError where none is. */
export const taskFiles = (task: Pick<Task, 'name' | 'files'>, folder: string): Promise<readonly TaskFile[]> =>
  Promise.all(task.files.map((file) => taskFile(task.name, file, folder)));

/** One file of a task, by the first of its names that is there. Throws a UserError where none is. */
export async function taskFile(task: string, file: SourceFile, folder: string): Promise<TaskFile> {
  const names = namesOf(file);
  for (const name of names) {
    const path = join(folder, name);
    if (await isFile(path)) return { name, path };
  }
  throw missingFile(task, names, folder);
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}

/** What a task's data goes by among the contents of a comparison; null for a shipped task, whose version names it. */
export function dataKey(name: string, folders: DataFolders): string | null {
  const task = tasks.find((candidate) => candidate.name === name);
  const folder = task === undefined ? null : dataFolder(task, folders);
  return folder === null ? null : `${folder}#${name}`;
}

/** The version of a task's scores; 0 where there is no such task. */
export const taskVersion = (name: string): number => tasks.find((task) => task.name === name)?.version ?? 0;

/** The files behind every dataKey of these settings. Throws a UserError for a file that is not there. */
export async function userFiles({
  data,
  finetune,
}: Settings): Promise<(readonly [key: string, paths: readonly string[]])[]> {
  const wanted = tasks.filter(({ name }) => finetune.tasks.includes(name));
  const found = wanted.map(async (task) => {
    const folder = dataFolder(task, data);
    if (folder === null) return [];
    const paths = (await taskFiles(task, folder)).map(({ path }) => path);
    return [[`${folder}#${task.name}`, paths] as const];
  });
  return (await Promise.all(found)).flat();
}
