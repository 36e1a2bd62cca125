import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import type { NodeInfo } from './events.ts';
import { graphOf, nodeInfo, type Graph } from './graph.ts';
import { readHolder, type Holder } from './lease.ts';
import { readProgress, type NodeProgress } from './node-progress.ts';
import { nodeLease, nodeLog } from './node-store.ts';
import { planSweep, type Plan } from './plan.ts';
import { isGone } from './process.ts';
import type { CellRecord } from './record.ts';
import { distinctCells, type Cell, type Comparison } from './spec.ts';
import { readRecords } from './store.ts';

/** A node that a living process has a lease on. */
export interface RunningState {
  /** The first that needs it. */
  readonly cell: Cell;
  readonly node: NodeInfo;
  readonly holder: Holder;
  /** Null in its first second. */
  readonly progress: NodeProgress | null;
}

/** A cell that has failed. */
export interface FailedState extends CellRecord {
  /** The file that has all that its worker said; null where there is none. */
  readonly log: string | null;
}

/** Where a sweep stands, by what is in its results folder. */
export interface SweepState {
  readonly plan: Plan;
  /** Done or diverged. */
  readonly finished: readonly CellRecord[];
  readonly failed: readonly FailedState[];
  readonly running: readonly RunningState[];
  readonly waiting: readonly Cell[];
}

/**
 * Reads where a sweep stands from files alone, on any computer that sees them: the records in its own `folder`, and
 * what runs in the folder of all `nodes`. Every distinct cell is finished, failed, waiting, or needs what is running.
 */
export async function sweepState(folder: string, nodes: string, comparison: Comparison): Promise<SweepState> {
  const plan = planSweep(comparison);
  const cells = distinctCells(plan.cells);
  const before = await readRecords(
    folder,
    cells.map(({ id }) => id),
  );
  const isDone = ({ id }: Cell) => Boolean(before.get(id)?.result);
  const graph = graphOf(
    cells.filter((cell) => !isDone(cell)),
    comparison.contents,
    { finished: cells.filter(isDone) },
  );
  const running = await runningNodes(nodes, graph);
  // Read after the leases: what ended in between has its record by now.
  const records = await readRecords(
    folder,
    cells.map(({ id }) => id),
  );
  const finished = cells.flatMap((cell) => {
    const record = records.get(cell.id);
    return record?.result ? [{ ...record, cell }] : [];
  });
  const ended = new Set(finished.map(({ cell }) => cell.id));
  const busy = new Set(running.flatMap(({ node }) => node.cells).filter((id) => !ended.has(id)));
  const failed = cells.flatMap((cell) => {
    const record = records.get(cell.id);
    if (record === undefined || record.result !== null || busy.has(cell.id)) return [];
    return [{ ...record, cell, log: logOf(cell, graph, nodes) }];
  });
  const settled = new Set([...ended, ...busy, ...failed.map(({ cell }) => cell.id)]);
  return {
    ...{ plan, finished, failed },
    running: running.filter(({ node }) => node.cells.some((id) => busy.has(id))),
    waiting: cells.filter(({ id }) => !settled.has(id)),
  };
}

async function runningNodes(nodes: string, graph: Graph): Promise<RunningState[]> {
  const names = new Set(await readdir(nodes).catch(() => []));
  const leased = [...graph.nodes].filter(([address]) => names.has(`${address}.lease`));
  const states = await Promise.all(
    leased.map(async ([address, own]) => {
      const holder = await readHolder(nodeLease(nodes, address));
      if (holder === null || isGone(holder)) return null;
      return { cell: own.cells[0]!, node: nodeInfo(own), holder, progress: await readProgress(nodes, address) };
    }),
  );
  return states.filter((state) => state !== null);
}

/** The log of the node that a cell failed in. */
function logOf({ id }: Cell, graph: Graph, nodes: string): string | null {
  const logs = (graph.ofCell.get(id) ?? []).map((address) => nodeLog(nodes, address));
  return logs.find((path) => existsSync(path)) ?? null;
}
