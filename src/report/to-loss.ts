import type { CellResult, CurvePoint } from '../run/record.ts';

/** What it cost to come to a loss: FLOPs and seconds of training steps. */
export interface LossCost {
  readonly flops: number;
  readonly seconds: number;
}

/**
 * What a cell had spent when its validation curve first reached the loss that the baseline's curve ends with, by
 * linear interpolation between the points around it; null where it never did, or there is no curve. The curve's last
 * point stands for the baseline's final loss, because the points of all curves are measured on the same tokens, and
 * the loss that stands in the table on more of them. Reached at its first point, a cell is charged for all of that.
 */
export function costToLoss(cell: CellResult, baseline: CellResult): LossCost | null {
  const goal = baseline.curve.at(-1)?.loss;
  if (goal === undefined) return null;
  const at = cell.curve.findIndex(({ loss }) => loss <= goal);
  const reached = cell.curve[at];
  if (reached === undefined) return null;
  const before = cell.curve[at - 1];
  return before === undefined ? reached : between(before, reached, goal);
}

function between(before: CurvePoint, after: CurvePoint, goal: number): LossCost {
  const share = (before.loss - goal) / (before.loss - after.loss);
  const part = (from: number, to: number) => from + share * (to - from);
  return { flops: part(before.flops, after.flops), seconds: part(before.seconds, after.seconds) };
}
