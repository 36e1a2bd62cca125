import { stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { UserError } from '../../errors.ts';
import { readFolder } from '../../report/folder.ts';
import { reportPage } from '../../report/html/page.ts';
import { writeWhole } from '../../run/files.ts';
import { tasks } from '../../tasks/index.ts';
import { EXIT } from '../exit.ts';
import type { Io } from '../io.ts';
import type { ReportOptions } from '../report-grammar.ts';

/**
 * `growbench report RESULTS`: writes the page and tells where. Resolves to the exit code. Throws a UserError where the
 * folder is not one that a sweep left, and where the page cannot be written.
 */
export async function report(folder: string, { output }: ReportOptions, io: Io): Promise<number> {
  await checkFolder(folder);
  const page = reportPage(await readFolder(folder), new Map(tasks.map(({ name, metrics }) => [name, metrics])));
  if (output === '-') {
    io.stdout.write(page);
    return EXIT.done;
  }
  const path = output ?? join(folder, 'report.html');
  await written(path, page);
  io.stderr.write(`growbench: wrote ${path}\n`);
  return EXIT.done;
}

async function checkFolder(folder: string): Promise<void> {
  const exists = (path: string) =>
    stat(path).then(
      () => true,
      () => false,
    );
  const needed = [join(folder, 'results.meta.json'), join(folder, 'cells')];
  for (const path of needed) {
    if (await exists(path)) continue;
    throw new UserError(
      `${folder} is not a results folder: there is no ${basename(path)} in it`,
      `A sweep called ${basename(resolve(folder))} that ran to its end, or was stopped with Ctrl-C, leaves one.`,
    );
  }
}

async function written(path: string, page: string): Promise<void> {
  try {
    await writeWhole(path, page);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new UserError(error.message, 'Name another place with --output.', { cause: error });
  }
}
