import type { NodeInfo, SweepEvent } from '../../run/events.ts';
import type { CellEvent, CellRecord } from '../../run/record.ts';
import type { Cell } from '../../run/spec.ts';
import { advanceNode, startedNode, type RunningNode } from './running-node.ts';
import { NO_SPEEDS, withEnded, type Speeds } from './speeds.ts';

export interface FinishedCell {
  readonly cell: Cell;
  readonly record: CellRecord;
}

export interface EngineChoice {
  readonly name: string;
  readonly device: string;
  readonly why: string;
  /** Cells that had ended before any worker said which engine it took. */
  readonly after: number;
}

/** All that a display of a sweep shows: a fold over its events. Times are in milliseconds. */
export interface Progress {
  readonly cells: readonly Cell[];
  /** Cells whose records were there before. */
  readonly cached: readonly string[];
  readonly workers: number;
  readonly started: number;
  /** Nodes of all cells that are not cached, each counted once, and how many of them are done. */
  readonly nodes: { readonly count: number; readonly done: number };
  /** Share of the work that is saved by doing what several cells need only once. */
  readonly saved: number;
  /** In the order in which they were started. */
  readonly running: readonly RunningNode[];
  /** Nodes that are still to be run, here or by another process, in the plan's order. */
  readonly waiting: readonly NodeInfo[];
  readonly speeds: Speeds;
  /** In the order in which they ended. */
  readonly finished: readonly FinishedCell[];
  readonly engine: EngineChoice | null;
  readonly ended: 'no' | 'done' | 'interrupted';
}

export const NOTHING_YET: Progress = {
  cells: [],
  cached: [],
  workers: 0,
  started: 0,
  nodes: { count: 0, done: 0 },
  saved: 0,
  running: [],
  waiting: [],
  speeds: NO_SPEEDS,
  finished: [],
  engine: null,
  ended: 'no',
};

/** The progress after `event`, which happened at `now` milliseconds. Events of nodes that are not running change nothing. */
export function advance(progress: Progress, event: SweepEvent, now: number): Progress {
  switch (event.type) {
    case 'sweep-started': {
      const { cells, cached, nodes, workers } = event;
      const done = new Set(event.done);
      const waiting = nodes.filter(({ node }) => !done.has(node.address));
      const counts = { count: nodes.length, done: nodes.length - waiting.length };
      return { ...progress, cells, cached, workers, started: now, nodes: counts, waiting, saved: savedShare(nodes) };
    }
    case 'node-started':
      return begin(progress, event.address, now);
    case 'node-event': {
      const engine = progress.engine ?? chosenEngine(event.event, progress.finished.length);
      return { ...progress, engine, running: changed(progress, event, (own) => advanceNode(own, event.event, now)) };
    }
    case 'node-retried':
      return { ...progress, running: changed(progress, event, ({ info, cell }) => startedNode(info, cell, now)) };
    case 'node-elsewhere':
      return progress;
    case 'node-found':
      return withoutNode(progress, event.address, true);
    case 'node-finished': {
      const own = nodeAt(progress, event.address);
      const speeds = own === undefined || event.error !== null ? progress.speeds : withEnded(progress.speeds, own, now);
      return { ...withoutNode(progress, event.address, event.error === null), speeds };
    }
    case 'cell-found':
    case 'cell-finished':
      return endCell(progress, event.record, event.id);
    case 'sweep-finished':
      return { ...progress, running: [], ended: event.interrupted ? 'interrupted' : 'done' };
  }
}

/** The running node of an address. */
export const nodeAt = ({ running }: Progress, address: string): RunningNode | undefined =>
  running.find(({ info }) => info.node.address === address);

const changed = ({ running }: Progress, { address }: { address: string }, change: (own: RunningNode) => RunningNode) =>
  running.map((own) => (own.info.node.address === address ? change(own) : own));

function begin(progress: Progress, address: string, now: number): Progress {
  const info = progress.waiting.find(({ node }) => node.address === address);
  const cell = progress.cells.find(({ id }) => id === info?.cells[0]);
  if (info === undefined || cell === undefined) return progress;
  return {
    ...progress,
    waiting: progress.waiting.filter((other) => other !== info),
    running: [...progress.running, startedNode(info, cell, now)],
  };
}

function withoutNode(progress: Progress, address: string, done: boolean): Progress {
  const running = progress.running.filter(({ info }) => info.node.address !== address);
  const ran = running.length < progress.running.length;
  const waiting = ran ? progress.waiting : progress.waiting.filter(({ node }) => node.address !== address);
  const known = ran || waiting.length < progress.waiting.length;
  const { count, done: before } = progress.nodes;
  return { ...progress, running, waiting, nodes: { count, done: known && done ? before + 1 : before } };
}

/** Nodes that only cells that have ended would need are not run: the rest of a cell that failed, diverged or was found. */
function endCell(progress: Progress, record: CellRecord, id: string): Progress {
  const cell = progress.cells.find((known) => known.id === id) ?? record.cell;
  const finished = [...progress.finished, { cell, record }];
  if (!progress.waiting.some(({ cells }) => cells.includes(id))) return { ...progress, finished };
  const ended = new Set(finished.map((own) => own.cell.id));
  const waiting = progress.waiting.filter(({ cells }) => cells.some((needing) => !ended.has(needing)));
  return { ...progress, finished, waiting };
}

function chosenEngine(event: CellEvent, after: number): EngineChoice | null {
  if (event.type !== 'engine') return null;
  const { name, device, why } = event;
  return { name, device, why, after };
}

function savedShare(nodes: readonly NodeInfo[]): number {
  const once = nodes.reduce((sum, { work }) => sum + work, 0);
  const everywhere = nodes.reduce((sum, { work, cells }) => sum + work * cells.length, 0);
  return everywhere > 0 ? 1 - once / everywhere : 0;
}
