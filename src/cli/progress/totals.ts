import { statusOf } from '../../report/outcomes.ts';
import { clock } from '../format.ts';
import { sweepTimeLeft } from './estimate.ts';
import type { Progress } from './progress.ts';

/**
 * The whole sweep in a line: `3/14 cells, 1 failed, 9/31 nodes, sharing saves 38%, 0:42, about 2:10 left`. Where that
 * is wider than `columns`, what matters least is left out.
 */
export function totalsText(progress: Progress, now: number, columns = Infinity): string {
  const { cells, cached, finished, nodes, saved } = progress;
  const failed = finished.filter(({ record }) => statusOf(record) !== 'done').length;
  const left = sweepTimeLeft(progress, now);
  const parts: readonly (readonly [importance: number, shown: boolean, text: string])[] = [
    [6, true, `${cached.length + finished.length}/${cells.length} cells`],
    [2, cached.length > 0, `${cached.length} of them before`],
    [5, failed > 0, `${failed} failed`],
    [3, nodes.count > 0, `${nodes.done}/${nodes.count} nodes`],
    [1, saved >= WORTH_TELLING, `sharing saves ${Math.round(100 * saved)}%`],
    [4, true, clock(now - progress.started)],
    [5, left !== null && left > 0, `about ${clock(left ?? 0)} left`],
  ];
  const shown = parts.filter(([, isShown]) => isShown);
  const lines = [0, 1, 2, 3, 4, 5].map((least) =>
    shown.flatMap(([importance, , text]) => (importance > least ? [text] : [])).join(', '),
  );
  return lines.find((line) => line.length <= columns) ?? lines.at(-1)!;
}

/** Less than this would read as nothing. */
const WORTH_TELLING = 0.005;
