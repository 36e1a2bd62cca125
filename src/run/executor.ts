import type { Plan } from './plan.ts';
import type { CellRecord } from './record.ts';
import type { Cell } from './spec.ts';
import { readRecord, writeRecord } from './store.ts';
import { WorkerProcess, type WorkerOptions } from './worker-process.ts';

export interface SweepOptions extends WorkerOptions {
  /** The sweep's own results folder. */
  readonly folder: string;
  /** Worker processes side by side. */
  readonly jobs: number;
}

export interface SweepOutcome {
  /** Of every cell that has one, in the plan's order. */
  readonly records: readonly CellRecord[];
  readonly interrupted: boolean;
}

/** Runs every cell that has no finished record yet, `jobs` at a time. A cell's failure is its own: the rest go on. */
export async function runSweep(plan: Plan, options: SweepOptions): Promise<SweepOutcome> {
  const { folder, onEvent } = options;
  // A record that cannot be written stops the other workers too: what they train would be lost as well.
  const trouble = new AbortController();
  const signal = AbortSignal.any([options.signal, trouble.signal]);
  const records = await finishedRecords(plan.cells, folder);
  const cached = [...records.keys()];
  // Points of a grid may meet in one cell, which is run once.
  const first = new Map(plan.cells.toReversed().map((cell) => [cell.id, cell]));
  const cells = plan.cells.filter((cell) => first.get(cell.id) === cell);
  const waiting = cells.filter(({ id }) => !records.has(id));
  const workers = Math.min(options.jobs, waiting.length);
  onEvent({ type: 'sweep-started', cells, cached, workers });

  const drain = async () => {
    const worker = new WorkerProcess({ ...options, signal });
    try {
      for (let cell = waiting.shift(); cell !== undefined && !signal.aborted; cell = waiting.shift()) {
        onEvent({ type: 'cell-started', id: cell.id });
        const record = await worker.run(cell);
        if (record === null) break;
        await writeRecord(folder, record);
        records.set(cell.id, record);
        onEvent({ type: 'cell-finished', id: cell.id, record });
      }
    } catch (error) {
      trouble.abort();
      throw error;
    } finally {
      worker.end();
    }
  };
  await settle(Array.from({ length: workers }, drain));

  const interrupted = options.signal.aborted && plan.cells.some(({ id }) => !records.has(id));
  const found = plan.cells.flatMap(({ id }) => records.get(id) ?? []);
  onEvent({ type: 'sweep-finished', interrupted, failed: found.filter(({ result }) => result === null).length });
  return { records: found, interrupted };
}

/** Records that need no second run: a failed cell is tried again, a diverged one would diverge again. */
async function finishedRecords(cells: readonly Cell[], folder: string): Promise<Map<string, CellRecord>> {
  const records = new Map<string, CellRecord>();
  for (const cell of cells) {
    const record = await readRecord(folder, cell.id);
    // The arm may have been renamed since; what it computes has not.
    if (record?.result) records.set(cell.id, { ...record, cell });
  }
  return records;
}

/** Waits for all, then throws the first error: no worker is left running behind a rejected promise. */
async function settle(promises: readonly Promise<void>[]): Promise<void> {
  for (const outcome of await Promise.allSettled(promises)) {
    if (outcome.status === 'rejected') throw outcome.reason;
  }
}
