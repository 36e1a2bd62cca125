import { CellQueue, type ClaimedCell } from './cell-queue.ts';
import { FailureWatch } from './failures.ts';
import type { Plan } from './plan.ts';
import type { CellRecord } from './record.ts';
import { forgetAttempts, keepAttempts, keepComparison, ProgressFile, tidyRunning } from './running.ts';
import { distinctCells, type Cell } from './spec.ts';
import { readRecord, readRecords, writeRecord } from './store.ts';
import { WorkerProcess, type WorkerOptions } from './worker-process.ts';

export interface SweepOptions extends WorkerOptions {
  /** The sweep's own results folder. */
  readonly folder: string;
  /** Worker processes side by side. */
  readonly jobs: number;
  /** The cells of the plan that are this process's to run; without it, all. */
  readonly cells?: readonly Cell[];
  /** Further attempts at a cell that fails; without it, one where its worker was killed by a signal, else none. */
  readonly retries?: number;
  /** Stop at the first cell that fails. */
  readonly failFast?: boolean;
}

export interface SweepOutcome {
  /** Of every cell that has one, in the plan's order. */
  readonly records: readonly CellRecord[];
  /** By the user; cells are left to run. */
  readonly interrupted: boolean;
  /** Why cells were left out after others failed, or null. */
  readonly stopped: string | null;
}

/**
 * Runs every cell that has no finished record yet, `jobs` at a time, and waits for those that other processes run in
 * the same folder. A cell's failure is its own: the rest go on, unless failures say that they would fail as well.
 */
export async function runSweep(plan: Plan, options: SweepOptions): Promise<SweepOutcome> {
  const { folder, onEvent } = options;
  // A record that cannot be written stops the other workers too: what they train would be lost as well.
  const trouble = new AbortController();
  const signal = AbortSignal.any([options.signal, trouble.signal]);
  const known = await readRecords(
    folder,
    plan.cells.map(({ id }) => id),
  );
  const records = finishedRecords(plan.cells, known);
  // Points of a grid may meet in one cell, which is run once.
  const cells = distinctCells(options.cells ?? plan.cells);
  const waiting = cells.filter(({ id }) => !records.has(id));
  const workers = Math.min(options.jobs, waiting.length);
  const cached = cells.flatMap(({ id }) => (records.has(id) ? [id] : []));
  if (workers > 0) await keepComparison(folder, plan.comparison);
  onEvent({ type: 'sweep-started', cells, cached, workers });

  const queue = new CellQueue(waiting, known, {
    folder,
    signal,
    onElsewhere: ({ id }, { host, pid }) => {
      onEvent({ type: 'cell-elsewhere', id, host, pid });
    },
    onFound: ({ id }, record) => {
      records.set(id, record);
      onEvent({ type: 'cell-found', id, record });
    },
  });
  const failures = new FailureWatch(options.failFast ?? false);
  let stopped: string | null = null;
  const keep = async (record: CellRecord) => {
    await writeRecord(folder, record);
    records.set(record.cell.id, record);
    onEvent({ type: 'cell-finished', id: record.cell.id, record });
  };
  const look = (record: CellRecord) => {
    const stop = failures.see(record);
    if (stop === null) return;
    stopped ??= stop.why;
    queue.empty();
    if (stop.atOnce) trouble.abort();
  };
  const drain = async () => {
    const worker = new WorkerProcess({ ...options, signal });
    let keeping = Promise.resolve();
    try {
      for (let claimed = await queue.next(); claimed !== null; claimed = await queue.next()) {
        const ended = await runClaimed(claimed, worker, options);
        if (ended.record !== null) look(ended.record);
        await keeping;
        // The worker need not wait for the disk: it begins with its next cell meanwhile.
        keeping = close(ended, folder, keep).catch((error: unknown) => {
          trouble.abort();
          throw error;
        });
        keeping.catch(() => undefined);
      }
      await keeping;
    } catch (error) {
      trouble.abort();
      throw error;
    } finally {
      worker.end();
    }
  };
  await settle(Array.from({ length: workers }, drain));
  await tidyRunning(folder);

  const interrupted = options.signal.aborted && cells.some(({ id }) => !records.has(id));
  const found = await allRecords(plan.cells, records, folder);
  const failed = found.filter(({ result }) => result === null).length;
  onEvent({ type: 'sweep-finished', interrupted, failed });
  return { records: found, interrupted, stopped };
}

/** A cell whose worker has ended with it, but which is still ours. */
interface EndedCell {
  readonly claimed: ClaimedCell;
  readonly progress: ProgressFile;
  /** Null where it was stopped. */
  readonly record: CellRecord | null;
}

/** Runs a cell that is ours until it has a record, is out of attempts or is stopped. */
async function runClaimed(
  claimed: ClaimedCell,
  worker: WorkerProcess,
  { folder, onEvent, retries }: SweepOptions,
): Promise<EndedCell> {
  const { cell } = claimed;
  const progress = new ProgressFile(folder, cell.id);
  const attempts = [...claimed.before];
  onEvent({ type: 'cell-started', id: cell.id });
  for (let tried = 1; ; tried += 1) {
    const { record, attempt } = await worker.run(cell, progress);
    attempts.push(attempt);
    const most = 1 + (retries ?? (attempt.end === 'killed' ? 1 : 0));
    if (record !== null && (record.result !== null || tried >= most)) {
      return { claimed, progress, record: { ...record, attempts } };
    }
    await keepAttempts(folder, cell.id, attempts);
    if (record === null) return { claimed, progress, record };
    onEvent({ type: 'cell-retried', id: cell.id, error: record.error ?? '' });
  }
}

/** Keeps what came of a cell and lets go of it: in that order, so that nobody runs it in between. */
async function close(
  { claimed: { cell, lease }, progress, record }: EndedCell,
  folder: string,
  keep: (record: CellRecord) => Promise<void>,
): Promise<void> {
  try {
    if (record !== null) await keep(record);
    if (record !== null && (record.attempts?.length ?? 0) > 1) await forgetAttempts(folder, cell.id);
  } finally {
    await progress.close();
    await lease.release();
  }
}

/** Records that need no second run: a failed cell is tried again, a diverged one would diverge again. */
function finishedRecords(cells: readonly Cell[], known: ReadonlyMap<string, CellRecord>): Map<string, CellRecord> {
  const records = new Map<string, CellRecord>();
  for (const cell of cells) {
    const record = known.get(cell.id);
    // The arm may have been renamed since; what it computes has not.
    if (record?.result) records.set(cell.id, { ...record, cell });
  }
  return records;
}

/** Those known, and those that are in the folder of cells that were not this process's to run, in the plan's order. */
async function allRecords(
  cells: readonly Cell[],
  known: ReadonlyMap<string, CellRecord>,
  folder: string,
): Promise<CellRecord[]> {
  const found = await Promise.all(
    cells.map(async (cell) => {
      const own = known.get(cell.id);
      if (own !== undefined) return own;
      const other = await readRecord(folder, cell.id);
      return other === null ? null : { ...other, cell };
    }),
  );
  return found.filter((record) => record !== null);
}

/** Waits for all, then throws the first error: no worker is left running behind a rejected promise. */
async function settle(promises: readonly Promise<void>[]): Promise<void> {
  for (const outcome of await Promise.allSettled(promises)) {
    if (outcome.status === 'rejected') throw outcome.reason;
  }
}
