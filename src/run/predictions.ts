import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PredictionFile } from '../tasks/task.ts';
import { codeOf, writeWhole } from './files.ts';

/** Whose predictions of a task were kept, and what of them there is. */
export interface PredictionsMeta {
  readonly task: string;
  /** Of the run that the record counts; of several seeds the one that scored nearest to their median. */
  readonly rate: number;
  readonly seed: number;
  /** As in the task's record. */
  readonly nullThreshold?: number;
  readonly files: readonly string[];
  /** Sets that a benchmark wants and that could not be predicted. */
  readonly missing: readonly { readonly file: string; readonly why: string }[];
  /** What of the sets could not be used. */
  readonly warnings: readonly string[];
}

/** Where a sweep's predictions are, each cell's in a folder of its id. */
export const predictionsFolder = (results: string): string => join(results, 'predictions');

const META = '.meta.json';

/**
 * Leaves a task's files of predictions in its cell's folder, each whole or not at all, and last what is in them. Throws
 * a UserError where the folder cannot be written to.
 */
export async function writePredictions(
  folder: string,
  meta: Omit<PredictionsMeta, 'files'>,
  files: readonly PredictionFile[],
): Promise<void> {
  for (const { name, text } of files) await writeWhole(join(folder, name), text);
  const whole: PredictionsMeta = { ...meta, files: files.map(({ name }) => name) };
  await writeWhole(join(folder, `${meta.task}${META}`), `${JSON.stringify(whole, null, 2)}\n`);
}

/** Whether a cell's folder has a task's predictions. */
export const hasPredictions = (folder: string, task: string): boolean => existsSync(join(folder, `${task}${META}`));

/** What there is of a cell, task by task; nothing where it has no folder. */
export async function readPredictions(folder: string): Promise<PredictionsMeta[]> {
  const names = await readdir(folder).catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return [];
    throw error;
  });
  const metas = names.filter((name) => name.endsWith(META)).sort();
  return Promise.all(
    metas.map(async (name) => JSON.parse(await readFile(join(folder, name), 'utf8')) as PredictionsMeta),
  );
}
