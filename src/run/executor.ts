import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { graphOf, nodeInfo, type Graph, type GraphNode } from './graph.ts';
import { findNodes } from './needed.ts';
import { prepareNodesFolder } from './node-store.ts';
import type { Plan } from './plan.ts';
import { hasPredictions } from './predictions.ts';
import type { CellRecord, TrainerContext } from './record.ts';
import { forgetComparison, keepComparison } from './running.ts';
import { distinctCells, type Cell } from './spec.ts';
import { readRecord, readRecords } from './store.ts';
import { SweepRun } from './sweep-run.ts';
import type { WorkerOptions } from './worker-process.ts';

export interface SweepOptions extends WorkerOptions {
  /** The sweep's own results folder. */
  readonly folder: string;
  /** Worker processes side by side. */
  readonly jobs: number;
  /** The cells of the plan that are this process's to run; without it, all. */
  readonly cells?: readonly Cell[];
  /** Further attempts at a node that fails; without it, one where its worker was killed by a signal, else none. */
  readonly retries?: number;
  /** Stop at the first node that fails. */
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
 * Runs every cell that has no finished record yet, node by node, `jobs` at a time, and waits for nodes that other
 * processes run. A node's failure is that of the cells that need it: the rest go on, unless failures say that they
 * would fail as well.
 */
export async function runSweep(plan: Plan, options: SweepOptions): Promise<SweepOutcome> {
  const { folder, signal, onEvent } = options;
  const known = await readRecords(
    folder,
    plan.cells.map(({ id }) => id),
  );
  const records = finishedRecords(plan.cells, known);
  // Points of a grid may meet in one cell, which is run once.
  const cells = distinctCells(options.cells ?? plan.cells);
  const cached = cells.flatMap(({ id }) => (records.has(id) ? [id] : []));
  const waiting = cells.filter(({ id }) => !records.has(id));
  const stopped =
    waiting.length === 0
      ? startFinished(cells, cached, options)
      : await runWaiting(plan, { cells, cached, waiting, known, records }, options);

  if (distinctCells(plan.cells).every(({ id }) => records.has(id))) await forgetComparison(folder);
  const interrupted = signal.aborted && cells.some(({ id }) => !records.has(id));
  const found = await allRecords(plan.cells, records, folder);
  const failed = found.filter(({ result }) => result === null).length;
  onEvent({ type: 'sweep-finished', interrupted, failed });
  return { records: found, interrupted, stopped };
}

function startFinished(cells: readonly Cell[], cached: readonly string[], { onEvent }: SweepOptions): null {
  onEvent({ type: 'sweep-started', cells, cached, nodes: [], done: [], workers: 0 });
  return null;
}

interface Waiting {
  readonly cells: readonly Cell[];
  readonly cached: readonly string[];
  readonly waiting: readonly Cell[];
  readonly known: ReadonlyMap<string, CellRecord>;
  /** Gets the records of the cells that end. */
  readonly records: Map<string, CellRecord>;
}

/** Runs the nodes of the cells that wait. Gives why cells were left out, or null. */
async function runWaiting(
  plan: Plan,
  { cells, cached, waiting, known, records }: Waiting,
  options: SweepOptions,
): Promise<string | null> {
  const { folder, context, onEvent } = options;
  await keepComparison(folder, plan.comparison);
  await prepareNodesFolder(context.nodes);
  const graph = graphOf(waiting, plan.comparison.contents, {
    saving: context.models !== null,
    finished: plan.cells.filter(({ id }) => records.has(id)),
  });
  const found = await findNodes(graph, context.nodes, isLeftIn(context));
  const workers = Math.min(options.jobs, widthOf(graph, found.open));
  onEvent({
    ...{ type: 'sweep-started', cells, cached, workers },
    nodes: [...graph.nodes.values()].map(nodeInfo),
    done: [...found.done.keys()],
  });
  return new SweepRun(graph, found, { ...options, order: waiting, known, records }).run(workers);
}

/** Whether what a node leaves among the results is there: its cells' models and predictions, where they are wanted. */
const isLeftIn =
  ({ models, predictions }: TrainerContext) =>
  ({ node, cells }: GraphNode): boolean => {
    if (node.kind === 'saving') return models !== null && cells.every(({ id }) => existsSync(join(models, id)));
    if (node.kind !== 'finetuning' || predictions === null) return true;
    return cells.every(({ id }) => hasPredictions(join(predictions, id), node.task));
  };

/** How many nodes can be run side by side at most, of those that are open: no chain needs more than one worker. */
function widthOf({ nodes }: Graph, open: ReadonlySet<string>): number {
  const isEnd = (address: string) => !nodes.get(address)!.children.some((child) => open.has(child));
  return Math.max(1, [...open].filter(isEnd).length);
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
