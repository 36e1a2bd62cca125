import type { Cell } from '../../run/spec.ts';
import type { Progress, RunningCell } from './progress.ts';
import { workOf } from '../../run/work.ts';

/** Below this share of a cell its speed is mostly that of compiling: no guess is better than a wild one. */
const ENOUGH = 0.01;

/** Milliseconds until a running cell ends, at the speed it has had since its first step; null while that is unknown. */
export function cellTimeLeft(cell: RunningCell, now: number): number | null {
  if (cell.since === null || cell.done < ENOUGH) return null;
  return (Math.max(0, now - cell.since) * (1 - cell.done)) / cell.done;
}

/**
 * Milliseconds until the sweep ends; null while nothing is known. Work is counted in FLOPs and the speed is that of
 * all cells so far, per worker. The last cells cannot be shared out, so no running cell ends later than the sweep.
 */
export function sweepTimeLeft(progress: Progress, now: number): number | null {
  if (progress.ended !== 'no') return 0;
  const speed = speedOfWorker(progress, now);
  if (speed === null) return null;
  const running = progress.running.map(({ cell, done }) => workOf(cell.settings) * (1 - done));
  const waiting = waitingCells(progress).map(({ settings }) => workOf(settings));
  const workers = Math.max(1, Math.min(progress.workers, running.length + waiting.length));
  const cells = progress.running.map((cell) => cellTimeLeft(cell, now) ?? 0);
  const left = sum(running) + sum(waiting);
  return Math.max(left / speed / workers, ...cells);
}

/** FLOPs per millisecond of training of one worker. */
function speedOfWorker({ finished, running }: Progress, now: number): number | null {
  const trained = finished.filter(({ record, busy }) => record.result?.status === 'done' && busy > 0);
  const under = running.filter(({ done, since }) => done >= ENOUGH && since !== null);
  const work = [
    ...trained.map(({ cell }) => workOf(cell.settings)),
    ...under.map(({ cell, done }) => workOf(cell.settings) * done),
  ];
  const time = [...trained.map(({ busy }) => busy), ...under.map(({ since }) => now - since!)];
  const total = sum(time);
  return total > 0 && work.length > 0 ? sum(work) / total : null;
}

function waitingCells({ cells, cached, finished, running }: Progress): Cell[] {
  const seen = new Set([...cached, ...[...finished, ...running].map(({ cell }) => cell.id)]);
  return cells.filter(({ id }) => !seen.has(id));
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
