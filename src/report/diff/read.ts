import { readFile, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { UserError } from '../../errors.ts';
import type { TaskMetrics } from '../metrics.ts';
import { besideCsv } from './beside-csv.ts';
import { csvTable, type CsvOptions } from './csv-table.ts';
import { folderTable } from './folder-table.ts';
import { parseCsv } from './parse-csv.ts';
import { withSpeedups } from './speedups.ts';
import type { Table } from './table.ts';

/** Where a side of a comparison lies, and what it is called in the diff. */
export interface Source {
  readonly label: string;
  readonly path: string;
}

/** Reads `label=path` or a path alone. An existing file whose name has an equals sign is taken for a path. */
export async function parseSource(text: string): Promise<Source> {
  const at = text.indexOf('=');
  if (at > 0 && !(await exists(text))) return { label: text.slice(0, at), path: text.slice(at + 1) };
  return { label: text.replace(/(?<=.)[/\\]+$/, ''), path: text };
}

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

/**
 * Reads a side of a comparison: a results folder that growbench wrote, or a CSV. Throws a UserError where it is
 * neither, or damaged.
 */
export async function readTable({ label, path }: Source, options: CsvOptions, tasks: TaskMetrics): Promise<Table> {
  const kind = await stat(path).catch((error: unknown) => {
    throw new UserError(`${path} does not exist`, 'Name a results folder or a CSV file.', { cause: error });
  });
  if (!kind.isDirectory()) return withSpeedups(await readCsv(label, path, options, tasks));
  if (await exists(join(path, 'results.meta.json'))) {
    if (await exists(join(path, 'cells'))) return withSpeedups(await folderTable(label, path, tasks));
  }
  const csv = join(path, 'cells.csv');
  if (await exists(csv)) return withSpeedups(await readCsv(label, csv, options, tasks));
  throw new UserError(
    `${path} is not a results folder: there is neither results.meta.json with cells/ nor cells.csv in it`,
    `A sweep called ${basename(resolve(path))} that ran to its end, or was stopped with Ctrl-C, leaves one.`,
  );
}

async function readCsv(label: string, path: string, options: CsvOptions, tasks: TaskMetrics): Promise<Table> {
  return besideCsv(path, csvTable(label, path, parseCsv(path, await readFile(path)), options, tasks));
}
