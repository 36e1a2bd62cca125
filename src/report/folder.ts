import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../errors.ts';
import { planSweep, type Plan } from '../run/plan.ts';
import type { CellRecord } from '../run/record.ts';
import { canonical, type Cell, type Comparison } from '../run/spec.ts';
import { readRecord } from '../run/store.ts';
import type { Provenance } from './meta.ts';

/** What a sweep left in its results folder. */
export interface ResultsFolder {
  /** The comparison as it was run; its cells bear the names of the records that belong to them. */
  readonly plan: Plan;
  /** In the order of their names. */
  readonly records: readonly CellRecord[];
  /** The growbench that ran. */
  readonly growbench: Provenance;
}

/**
 * Reads `results.meta.json` and the records in `cells/`. Throws a UserError where a file is not one that growbench
 * wrote.
 */
export async function readFolder(folder: string): Promise<ResultsFolder> {
  const { plan, growbench } = await readMeta(folder);
  const records = await readRecords(folder);
  const cells = plan.cells.map((cell) => ({
    ...cell,
    id: recordOf(cell, records, plan.comparison)?.cell.id ?? cell.id,
  }));
  return { plan: { ...plan, cells }, records, growbench };
}

async function readMeta(folder: string): Promise<Pick<ResultsFolder, 'plan' | 'growbench'>> {
  const path = join(folder, 'results.meta.json');
  try {
    const { format, comparison, growbench } = JSON.parse(await readFile(path, 'utf8')) as {
      format: unknown;
      comparison: Comparison;
      growbench: Provenance;
    };
    if (format !== 1) throw new Error(`format ${String(format)}`);
    return { plan: planSweep(comparison), growbench };
  } catch (error) {
    if (error instanceof Error && 'code' in error) throw error;
    throw new UserError(
      `${path} is not the file that this version of growbench writes`,
      'Use the cells.csv beside it where a CSV will do, or run the sweep again: finished cells are kept.',
      { cause: error },
    );
  }
}

async function readRecords(folder: string): Promise<CellRecord[]> {
  const names = await readdir(join(folder, 'cells'));
  const ids = names.filter((name) => name.endsWith('.json')).map((name) => name.slice(0, -'.json'.length));
  const records: CellRecord[] = [];
  for (const id of ids.sort()) {
    const record = await readRecord(folder, id);
    if (record !== null) records.push(record);
  }
  return records;
}

/** By id; by what it computes where an older growbench named the cell, on the engine that the sweep was run on. */
function recordOf(cell: Cell, records: readonly CellRecord[], { engine }: Comparison): CellRecord | undefined {
  const same = (record: CellRecord) =>
    record.cell.seed === cell.seed &&
    (record.engine === null || record.engine.name === engine.name) &&
    canonical(record.cell.settings) === canonical(cell.settings);
  return records.find((record) => record.cell.id === cell.id) ?? records.find(same);
}
