import { rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf, readJson, writeWhole } from './files.ts';
import type { Comparison } from './spec.ts';

const runningFolder = (folder: string): string => join(folder, 'running');
const comparisonPath = (folder: string): string => join(runningFolder(folder), 'comparison.json');

/**
 * What is begun in a results folder and not finished: for whoever looks on, since a sweep that has just begun has no
 * tables yet that say it, and for whoever cleans up, since it may go on.
 */
export const keepComparison = (folder: string, comparison: Comparison): Promise<void> =>
  writeWhole(comparisonPath(folder), `${JSON.stringify(comparison)}\n`);

/** The comparison that was begun last in a folder; null where everything begun has been finished. */
export const readComparison = async (folder: string): Promise<Comparison | null> =>
  (await readJson(comparisonPath(folder))) as Comparison | null;

/** Once a comparison is finished, its tables say what it was. */
export async function forgetComparison(folder: string): Promise<void> {
  await rm(comparisonPath(folder), { force: true });
  await rmdir(runningFolder(folder)).catch((error: unknown) => {
    if (!['ENOENT', 'ENOTEMPTY', 'EEXIST'].includes(codeOf(error))) throw error;
  });
}
