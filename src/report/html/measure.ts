import type { Difference } from '../against.ts';
import type { ArmRow, Summary } from '../arms.ts';
import { LEVEL } from '../statistics/family.ts';
import type { ReportedPoint } from './arms.ts';
import { signed } from './words.ts';

/** What the quality of an arm is judged by: the score, or the loss where nothing is fine-tuned. */
export interface Measure {
  readonly name: 'score' | 'loss';
  readonly unit: string;
  readonly digits: number;
  readonly higherIsBetter: boolean;
  of(row: ArmRow): Summary;
  difference(row: ArmRow): Difference;
}

export const SCORE: Measure = {
  name: 'score',
  unit: 'points',
  digits: 1,
  higherIsBetter: true,
  of: ({ score }) => score,
  difference: ({ scoreDelta }) => scoreDelta,
};
export const LOSS: Measure = {
  name: 'loss',
  unit: 'nats',
  digits: 3,
  higherIsBetter: false,
  of: ({ loss }) => loss,
  difference: ({ lossDelta }) => lossDelta,
};

/** The score wherever the sweep fine-tunes. */
export const measureOf = ({ arms }: ReportedPoint): Measure =>
  arms.some(({ planned }) => planned.arm.settings.finetune.tasks.length > 0) ? SCORE : LOSS;

/**
 * What is known of a difference. `unknown`: nothing to compare. `few`: not enough seeds for any outcome to be
 * significant. `alike`: enough seeds, and no detectable difference.
 */
export type Finding = 'better' | 'worse' | 'alike' | 'few' | 'unknown';

/** Judges a difference at the level that the tables are tested at. */
export function findingOf({ value, p, needs }: Difference, higherIsBetter: boolean): Finding {
  if (value === null) return 'unknown';
  if (needs !== null) return 'few';
  if (p === null || p > LEVEL) return 'alike';
  return value > 0 === higherIsBetter ? 'better' : 'worse';
}

/** `−0.2 points, 95 % interval −1.0 to +0.6`; without an interval where there is none. */
export function differenceText({ value, low, high }: Difference, { digits, unit }: Measure): string {
  if (value === null) return 'not known';
  const own = `${signed(value, digits)} ${unit}`;
  if (low === null || high === null) return own;
  return `${own}, 95 % interval ${signed(low, digits)} to ${signed(high, digits)}`;
}
