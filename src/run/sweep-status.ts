import { readdir } from 'node:fs/promises';
import { readHolder, type Holder } from './lease.ts';
import { planSweep, type Plan } from './plan.ts';
import { isGone } from './process.ts';
import type { CellRecord } from './record.ts';
import { leasePath, readProgress, runningFolder, type CellProgress } from './running.ts';
import { distinctCells, type Cell, type Comparison } from './spec.ts';
import { readRecords } from './store.ts';

/** A cell that a living process has a lease on. */
export interface RunningState {
  readonly cell: Cell;
  readonly holder: Holder;
  /** Null in its first second. */
  readonly progress: CellProgress | null;
}

/** Where a sweep stands, by what is in its results folder. */
export interface SweepState {
  readonly plan: Plan;
  /** Done or diverged. */
  readonly finished: readonly CellRecord[];
  readonly failed: readonly CellRecord[];
  readonly running: readonly RunningState[];
  readonly waiting: readonly Cell[];
}

/** Reads where a sweep stands from files alone, on any computer that sees them. Every distinct cell is in one list. */
export async function sweepState(folder: string, comparison: Comparison): Promise<SweepState> {
  const plan = planSweep(comparison);
  const cells = distinctCells(plan.cells);
  const running = await runningCells(folder, cells);
  const busy = new Set(running.map(({ cell }) => cell.id));
  // Read after the leases: what ended in between has its record by now.
  const records = await readRecords(
    folder,
    cells.map(({ id }) => id),
  );
  const settled = cells.flatMap((cell) => {
    const record = records.get(cell.id);
    return record === undefined || (record.result === null && busy.has(cell.id)) ? [] : [{ ...record, cell }];
  });
  const ended = new Set(settled.map(({ cell }) => cell.id));
  return {
    plan,
    finished: settled.filter(({ result }) => result !== null),
    failed: settled.filter(({ result }) => result === null),
    running: running.filter(({ cell }) => !ended.has(cell.id)),
    waiting: cells.filter(({ id }) => !ended.has(id) && !busy.has(id)),
  };
}

async function runningCells(folder: string, cells: readonly Cell[]): Promise<RunningState[]> {
  const names = new Set(await readdir(runningFolder(folder)).catch(() => []));
  const leased = cells.filter(({ id }) => names.has(`${id}.lease`));
  const states = await Promise.all(
    leased.map(async (cell) => {
      const holder = await readHolder(leasePath(folder, cell.id));
      if (holder === null || isGone(holder)) return null;
      return { cell, holder, progress: await readProgress(folder, cell.id) };
    }),
  );
  return states.filter((state) => state !== null);
}
