import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../errors.ts';
import { readComparison } from '../run/running.ts';
import type { Comparison } from '../run/spec.ts';
import type { metaOf, Provenance } from './meta.ts';

/** What `results.meta.json` says of a sweep. */
export interface SweepMeta {
  readonly growbench: Provenance;
  readonly comparison: Comparison;
  readonly engines: Meta['engines'];
  readonly machines: Meta['machines'];
  readonly corpora: Meta['corpora'];
  /** Absent in files that were written before it was kept. */
  readonly taskVersions?: Meta['taskVersions'];
}

type Meta = ReturnType<typeof metaOf>;

/** Reads a sweep's `results.meta.json`; null where there is none. Throws a UserError where growbench did not write it. */
export async function readMeta(folder: string): Promise<SweepMeta | null> {
  const path = join(folder, 'results.meta.json');
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && ['ENOENT', 'ENOTDIR'].includes(String(error.code))) return null;
    throw error;
  }
  try {
    const meta = JSON.parse(text) as SweepMeta & { readonly format: unknown };
    if (meta.format !== 1) throw new Error(`format ${String(meta.format)}`);
    if (![meta.comparison.arms, meta.engines, meta.machines, meta.corpora].every(Array.isArray)) {
      throw new Error('a list is missing');
    }
    return meta;
  } catch (error) {
    throw new UserError(
      `${path} is not the file that this version of growbench writes`,
      'Move it away and run the sweep again: finished cells are kept.',
      { cause: error },
    );
  }
}

/** The comparison that runs in a sweep's folder or has run last; null where it is no such folder. */
export async function comparisonOf(folder: string): Promise<Comparison | null> {
  return (await readComparison(folder)) ?? (await readMeta(folder))?.comparison ?? null;
}

/**
 * The folders of sweeps at `path`: itself, or those in it. Throws a UserError where there are none, or nothing at all.
 */
export async function sweepFolders(path: string): Promise<string[]> {
  if ((await comparisonOf(path)) !== null) return [path];
  const entries = await readdir(path, { withFileTypes: true }).catch((error: unknown) => {
    throw new UserError(`${path} is not a folder that can be read`, 'Name a results folder.', { cause: error });
  });
  const inside = entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(path, name));
  const found: string[] = [];
  for (const folder of inside.sort()) if ((await comparisonOf(folder)) !== null) found.push(folder);
  if (found.length > 0) return found;
  throw new UserError(`there is no sweep in ${path}`, 'Name a folder that "growbench sweep" has written to.');
}
