import { statusOf } from '../../report/outcomes.ts';
import { clock } from '../format.ts';
import { sweepTimeLeft } from './estimate.ts';
import type { Progress } from './progress.ts';

/**
 * The whole sweep in a line: `3/14 cells, 1 failed, 9/31 nodes, sharing saves 38%, 0:42, about 2:10 left`. Where that
 * is wider than `columns`, what matters least is left out.
 */
export function totalsText(progress: Progress, now: number, columns = Infinity): string {
  const parts = partsOf(progress, now);
  const lines = [1, 2, 3, 4, 5, 6].map((least) => joined(parts, least));
  return lines.find((line) => line.length <= columns) ?? lines.at(-1)!;
}

/** The same for a log, where what stays as it is was said at the start. */
export const totalsForLog = (progress: Progress, now: number): string => joined(partsOf(progress, now), 3);

interface Part {
  /** From 1, what can be missed best, to 6. */
  readonly importance: number;
  readonly text: string;
}

const joined = (parts: readonly Part[], least: number): string =>
  parts.flatMap(({ importance, text }) => (importance >= least ? [text] : [])).join(', ');

function partsOf(progress: Progress, now: number): Part[] {
  const { cells, cached, finished, nodes, saved } = progress;
  const failed = finished.filter(({ record }) => statusOf(record) !== 'done').length;
  const left = sweepTimeLeft(progress, now);
  const part = (importance: number, text: string, shown = true): Part[] => (shown ? [{ importance, text }] : []);
  return [
    ...part(6, `${cached.length + finished.length}/${cells.length} cells`),
    ...part(2, `${cached.length} of them before`, cached.length > 0),
    ...part(5, `${failed} failed`, failed > 0),
    ...part(3, `${nodes.done}/${nodes.count} nodes`, nodes.count > 0),
    ...part(1, savingText(saved), saved >= WORTH_TELLING),
    ...part(4, clock(now - progress.started)),
    ...part(5, `about ${clock(left ?? 0)} left`, left !== null && left > 0),
  ];
}

export const savingText = (saved: number): string => `sharing saves ${Math.round(100 * saved)}%`;

/** A saving of less than this would read as none. */
export const WORTH_TELLING = 0.005;
