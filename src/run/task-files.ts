import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../errors.ts';
import { tasks } from '../tasks/index.ts';
import { missingFile } from '../tasks/source.ts';
import { namesOf, type Task, type UserDataSet } from '../tasks/task.ts';
import type { Settings } from './spec.ts';

/** Where a user's data sets are. */
export type DataFolders = Readonly<Partial<Record<UserDataSet, string>>>;

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
export function taskFiles(task: Pick<Task, 'name' | 'files'>, folder: string): Promise<readonly TaskFile[]> {
  return Promise.all(
    task.files.map(async (file) => {
      const names = namesOf(file);
      for (const name of names) {
        const path = join(folder, name);
        if (await isFile(path)) return { name, path };
      }
      throw missingFile(task.name, names, folder);
    }),
  );
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}

/** The task of a name that the sweep schema let pass. */
export function taskNamed(name: string): Task {
  const task = tasks.find((candidate) => candidate.name === name);
  if (task === undefined) throw new Error(`no task is called ${name}`);
  return task;
}

/** The paths of all files that the tasks of these settings read, by task; shipped tasks read none of the user's. */
export async function userTaskFiles({ data, finetune }: Settings): Promise<ReadonlyMap<string, readonly string[]>> {
  const files = new Map<string, readonly string[]>();
  for (const task of finetune.tasks.map(taskNamed)) {
    const folder = dataFolder(task, data);
    if (folder !== null) files.set(task.name, (await taskFiles(task, folder)).map(({ path }) => path));
  }
  return files;
}
