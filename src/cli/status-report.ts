import type { SweepEvent } from '../run/events.ts';
import { hostLabel } from '../run/process.ts';
import type { CellEvent } from '../run/record.ts';
import type { RunningState } from '../run/sweep-status.ts';
import { nodeTimeLeft } from './progress/estimate.ts';
import { advance, NOTHING_YET } from './progress/progress.ts';
import { startedNode, tokensPerSecond, type RunningNode } from './progress/running-node.ts';
import { nodeText, phaseText } from './progress/wording.ts';

/** A running node, in data. */
export interface RunningReport {
  /** Of the cell that it is shown under. */
  readonly id: string;
  readonly arm: string;
  readonly seed: number;
  readonly node: string;
  /** Cells that need it. */
  readonly cells: number;
  readonly worker: { readonly host: string; readonly sweep: number; readonly pid: number | null };
  /** As on the display of the sweep. */
  readonly at: string;
  readonly step: number | null;
  readonly loss: number | null;
  /** Tokens a second since its first step. */
  readonly speed: number | null;
  /** Seconds on the clock of the worker's host. */
  readonly running: number | null;
  readonly left: number | null;
}

/** What of a sweep is running, in the words of its own display. */
export function runningReport(state: RunningState): RunningReport {
  const { cell, node: info, holder, progress } = state;
  const own = foldedNode(state);
  const { phase } = own;
  const left = progress === null ? null : nodeTimeLeft(own, progress.updated);
  return {
    ...{ id: cell.id, arm: cell.arm, seed: cell.seed, node: nodeText(own), cells: info.cells.length },
    worker: { host: hostLabel(holder.host), sweep: holder.pid, pid: progress?.pid ?? null },
    at: phaseText(own),
    step: phase.name === 'training' ? phase.step : null,
    loss: phase.name === 'training' ? phase.loss : null,
    speed: tokensPerSecond(own),
    running: progress === null ? null : Math.round((progress.updated - progress.started) / 1000),
    left: left === null ? null : Math.round(left / 1000),
  };
}

/** The running node that the sweep's own display would have, by the same fold over the events that were kept. */
function foldedNode({ cell, node: info, progress }: RunningState): RunningNode {
  if (progress === null) return startedNode(info, cell, 0);
  const { address } = info.node;
  const { first, events, started, updated } = progress;
  const told: (readonly [number, CellEvent])[] = [
    ...(first === null ? [] : [[first.at, first.event] as const]),
    ...events.map((event) => [updated, event] as const),
  ];
  const begun = { type: 'sweep-started' as const, cells: [cell], cached: [], nodes: [info], done: [], workers: 1 };
  const all: (readonly [number, SweepEvent])[] = [
    [started, begun],
    [started, { type: 'node-started', address }],
    ...told.map(([at, event]) => [at, { type: 'node-event' as const, address, event }] as const),
  ];
  return all.reduce((folded, [at, event]) => advance(folded, event, at), NOTHING_YET).running[0]!;
}
