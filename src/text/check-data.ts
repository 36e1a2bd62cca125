import { UserError } from '../errors.ts';
import type { DataChecker, TaskData } from '../run/task-data.ts';
import { taskFiles } from '../run/task-files.ts';
import { tasks } from '../tasks/index.ts';
import type { Task } from '../tasks/task.ts';
import { loadExamples } from './task-data.ts';

/** What users' folders hold for each task, read as training would read it. */
export const checkData: DataChecker = async (folders) => {
  const found: TaskData[] = [];
  for (const task of tasks) {
    const folder = task.data === 'wordnet' ? undefined : folders[task.data];
    if (folder !== undefined) found.push(await checkTask(task, folder));
  }
  return found;
};

async function checkTask(task: Task, folder: string): Promise<TaskData> {
  const nothing = { task: task.name, files: [], train: null, test: null, warnings: [] };
  let files: readonly string[] = [];
  try {
    files = (await taskFiles(task, folder)).map(({ name }) => name);
    const { train, test, warnings = [] } = await loadExamples(task, { [task.data]: folder });
    return { task: task.name, files, train: train.length, test: test.length, warnings, problem: null };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { ...nothing, files, problem: error.message };
  }
}
