import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { writeWhole } from '../run/files.ts';
import type { Plan } from '../run/plan.ts';
import type { CellRecord } from '../run/record.ts';
import { armRows, type ArmRow } from './arms.ts';
import { cellsCsv } from './cells.ts';
import { metaJson, type Provenance } from './meta.ts';
import { resultsCsv } from './results.ts';
import type { TaskMetrics } from './metrics.ts';

/**
 * Writes `cells.csv`, `results.csv` and `results.meta.json` into `folder`, each whole or not at all, and returns the
 * rows of `results.csv`. The files are projections of the records: written anew each time, never added to.
 */
export async function writeTables(
  folder: string,
  plan: Plan,
  records: readonly CellRecord[],
  metrics: TaskMetrics,
  growbench: Provenance,
): Promise<ArmRow[]> {
  const rows = armRows(plan, records, metrics);
  await mkdir(folder, { recursive: true });
  await writeWhole(join(folder, 'cells.csv'), cellsCsv(plan, records, metrics));
  await writeWhole(join(folder, 'results.csv'), resultsCsv(rows));
  await writeWhole(join(folder, 'results.meta.json'), metaJson(plan, records, growbench));
  return rows;
}
