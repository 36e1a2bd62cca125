import { UserError } from '../errors.ts';
import { planSweep, type Plan } from '../run/plan.ts';
import type { CellRecord } from '../run/record.ts';
import { canonical, type Cell } from '../run/spec.ts';
import { readRecords } from '../run/store.ts';
import type { Provenance } from './meta.ts';
import { readMeta, type SweepMeta } from './results-folder.ts';
import { TRAITS } from './traits.ts';

/** The results of one sweep, put together. */
export interface Collected {
  readonly plan: Plan;
  readonly records: readonly CellRecord[];
  readonly growbench: Provenance;
}

interface Part {
  readonly folder: string;
  readonly meta: SweepMeta;
  readonly plan: Plan;
  readonly records: ReadonlyMap<string, CellRecord>;
}

/**
 * Puts the records of one sweep from several folders together, in the plan's order; of cells with several records the
 * finished one counts. Throws a UserError where numbers from different folders may not stand in one table: another
 * sweep, another growbench, engine, package, text or task version, or two results of one cell.
 */
export async function collectSweep(folders: readonly string[]): Promise<Collected> {
  const parts = await Promise.all(folders.map(readPart));
  const first = parts[0]!;
  for (const part of parts.slice(1)) checkSameSweep(first, part);
  checkTraits(parts);
  const records = first.plan.cells.flatMap((cell) => mergedRecord(cell, parts) ?? []);
  return { plan: first.plan, records, growbench: first.meta.growbench };
}

async function readPart(folder: string): Promise<Part> {
  const meta = await readMeta(folder);
  if (meta === null) {
    throw new UserError(
      `${folder} has no results.meta.json`,
      'Its sweep was killed before it could write one: run the same command again there.',
    );
  }
  const plan = planSweep(meta.comparison);
  const records = await readRecords(
    folder,
    plan.cells.map(({ id }) => id),
  );
  return { folder, meta, plan, records };
}

function checkSameSweep(first: Part, other: Part): void {
  const names = ({ plan }: Part) => plan.cells.map(({ id, arm, seed }) => ({ id, arm, seed }));
  if (canonical(names(first)) !== canonical(names(other))) {
    const ids = new Set(first.plan.cells.map(({ id }) => id));
    const shared = other.plan.cells.filter(({ id }) => ids.has(id)).length;
    throw notComparable(
      `${first.folder} and ${other.folder} are not of one sweep: ${shared} of ${other.plan.cells.length} cells are the same`,
      'Settings, arms, seeds, text and engine must be the same; shards are told apart by --shard alone.',
    );
  }
  const version = ({ meta: { growbench } }: Part) =>
    `${growbench.version}${growbench.commit === null ? '' : ` (${growbench.commit})`}`;
  if (version(first) !== version(other)) {
    throw notComparable(
      `${first.folder} is of growbench ${version(first)}, ${other.folder} of ${version(other)}`,
      'Run all shards with one growbench.',
    );
  }
}

/** What decides numbers must be the same everywhere; text and task versions where data and tasks are. */
function checkTraits(parts: readonly Part[]): void {
  const seen = new Map<string, readonly [value: string, folder: string]>();
  for (const { folder, records } of parts) {
    for (const record of records.values()) {
      if (record.result === null) continue;
      const { data, finetune } = record.cell.settings;
      for (const { name, of } of TRAITS.filter(({ decides }) => decides)) {
        const value = of(record);
        if (value === null) continue;
        const key = canonical([
          name,
          name === 'corpus' ? data : null,
          name === 'task versions' ? finetune.tasks : null,
        ]);
        const before = seen.get(key) ?? [value, folder];
        seen.set(key, before);
        if (before[0] === value) continue;
        throw notComparable(`${name}: ${before[0]} in ${before[1]}, ${value} in ${folder}`, 'Run all shards alike.');
      }
    }
  }
}

function mergedRecord(cell: Cell, parts: readonly Part[]): CellRecord | null {
  const found = parts.flatMap(({ folder, records }) => {
    const record = records.get(cell.id);
    return record === undefined ? [] : [{ folder, record }];
  });
  const [first, ...others] = found.filter(({ record }) => record.result !== null);
  for (const other of others) {
    if (numbersOf(first!.record) === numbersOf(other.record)) continue;
    throw notComparable(
      `${cell.arm} seed ${cell.seed} has one result in ${first!.folder} and another in ${other.folder}`,
      'Leave one of the folders out, or move one of the two records away.',
    );
  }
  const record = (first ?? found.at(-1))?.record;
  return record === undefined ? null : { ...record, cell };
}

/** What two runs of a cell must agree in: all but times. */
function numbersOf({ result }: CellRecord): string {
  const { loss, steps, flops, tasks } = result!;
  return canonical([loss, steps, flops, Object.entries(tasks).map(([name, { metrics }]) => [name, metrics])]);
}

const notComparable = (what: string, hint: string): UserError => new UserError(`not comparable: ${what}`, hint);
