import { existsSync } from 'node:fs';
import { rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../errors.ts';
import { codeOf, readJson, writeWhole } from './files.ts';
import { sealed, unsealed } from './seal.ts';
import type { Comparison } from './spec.ts';

const runningFolder = (folder: string): string => join(folder, 'running');
const comparisonPath = (folder: string): string => join(runningFolder(folder), 'comparison.json');

/**
 * What is begun in a results folder and not finished: for whoever looks on, since a sweep that has just begun has no
 * tables yet that say it, and for whoever cleans up, since it may go on.
 */
export const keepComparison = (folder: string, comparison: Comparison): Promise<void> =>
  writeWhole(comparisonPath(folder), `${JSON.stringify(sealed(comparison))}\n`);

/**
 * The comparison that was begun last in a folder; null where everything begun has been finished. Throws a UserError
 * where it cannot be told what was begun: whoever cleans up would take it for nothing.
 */
export async function readComparison(folder: string): Promise<Comparison | null> {
  const path = comparisonPath(folder);
  let value = await readJson(path);
  if (value === null) {
    if (!existsSync(path)) return null;
    // It may have been begun since.
    value = await readJson(path);
  }
  const comparison = typeof value === 'object' && value !== null ? unsealed(value) : null;
  if (comparison !== null) return comparison as Comparison;
  throw new UserError(`${path} is damaged`, 'Run the sweep that was begun there again, which writes it anew.');
}

/** Once a comparison is finished, its tables say what it was. */
export async function forgetComparison(folder: string): Promise<void> {
  await rm(comparisonPath(folder), { force: true });
  await rmdir(runningFolder(folder)).catch((error: unknown) => {
    if (!['ENOENT', 'ENOTEMPTY', 'EEXIST'].includes(codeOf(error))) throw error;
  });
}
