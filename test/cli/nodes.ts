import type { NodeInfo, SweepEvent } from '../../src/run/events.ts';
import type { WorkNode } from '../../src/run/node.ts';
import type { CellEvent } from '../../src/run/record.ts';
import type { Cell } from '../../src/run/spec.ts';
import { advance, NOTHING_YET, type Progress } from '../../src/cli/progress/progress.ts';

/** An event and when it happens, in seconds. */
export type Timed = readonly [seconds: number, event: SweepEvent];

export const fold = (events: readonly Timed[], from = NOTHING_YET): Progress =>
  events.reduce((progress, [seconds, event]) => advance(progress, event, 1000 * seconds), from);

/** A stage that these cells need. */
export const stageNode = (address: string, cells: readonly Cell[], more: Partial<StageOptions> = {}): NodeInfo => {
  const { index = 0, parent = null, work = 1 } = more;
  return infoOf({ kind: 'stage', address, parent, index }, cells, work);
};

interface StageOptions {
  readonly index: number;
  readonly parent: string | null;
  readonly work: number;
}

/** What follows a cell's training. */
export const taskNode = (address: string, cell: Cell, parent: string, task: string, work = 1): NodeInfo =>
  infoOf({ kind: 'finetuning', address, parent, task }, [cell], work);

const infoOf = (node: WorkNode, cells: readonly Cell[], work: number): NodeInfo => ({
  ...{ node, work, cells: cells.map(({ id }) => id) },
});

export const begun = (
  cells: readonly Cell[],
  nodes: readonly NodeInfo[],
  more: Partial<Extract<SweepEvent, { type: 'sweep-started' }>> = {},
): Timed => [0, { type: 'sweep-started', cells, cached: [], nodes, done: [], workers: 1, ...more }];

export const starts = (seconds: number, address: string): Timed => [seconds, { type: 'node-started', address }];

export const tells = (seconds: number, address: string, event: CellEvent): Timed => [
  seconds,
  { type: 'node-event', address, event },
];

export const step = (seconds: number, address: string, at: number, loss = 6, of = 10): Timed =>
  tells(seconds, address, { type: 'step', step: at, of, loss });

export const ends = (seconds: number, address: string, error: string | null = null): Timed => [
  seconds,
  { type: 'node-finished', address, error },
];
