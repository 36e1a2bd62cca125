import type { Metric } from '../metrics.ts';
import type { Contrast } from '../statistics/contrast.ts';

/**
 * What a row of a diff says. `changed` is a difference of which neither direction is better; `undetected` one that
 * chance explains; `untested` one that there is no test of, such as between means.
 */
export type Verdict =
  'better' | 'worse' | 'changed' | 'equal' | 'undetected' | 'noise' | 'untestable' | 'untested' | 'missing' | 'added';

/** A size of change: in percent, or in the metric's own unit. */
export interface Amount {
  readonly value: number;
  readonly unit: 'percent' | 'own';
}

/** Changes of a metric that are smaller than this mean nothing; `time` stands for all metrics that depend on the clock. */
export type Noise = ReadonlyMap<string, Amount>;

/** What is known about a row's significance. */
export interface Significance {
  readonly p: number | null;
  readonly needs: number | null;
  readonly level: number;
  readonly noise: Noise;
}

export function verdictOf(metric: Metric, contrast: Contrast, { p, needs, level, noise }: Significance): Verdict {
  const { value } = contrast.delta;
  const [before, after] = contrast.n;
  if (after === 0) return 'missing';
  if (before === 0) return 'added';
  if (value === null) return 'untested';
  if (isEqual(metric, contrast)) return 'equal';
  if (isNoise(metric, contrast, noise)) return 'noise';
  if (!metric.exact) {
    if (needs !== null) return 'untestable';
    if (p === null) return 'untested';
    if (p > level) return 'undetected';
  }
  if (metric.better === null) return 'changed';
  return value > 0 === (metric.better === 'higher') ? 'better' : 'worse';
}

/** Whether a difference is below the last digit that is written: of rounding, not of the thing measured. */
function isEqual({ decimals }: Metric, { reference, candidate }: Contrast): boolean {
  return Math.abs(candidate.value! - reference.value!) <= 0.5000001 * 10 ** -decimals;
}

function isNoise(metric: Metric, contrast: Contrast, noise: Noise): boolean {
  const floor = noise.get(metric.name) ?? (metric.timed ? noise.get('time') : undefined);
  const change = floor === undefined ? null : changeIn(contrast, metric, floor.unit);
  return floor !== undefined && change !== null && Math.abs(change) <= floor.value;
}

/**
 * The change from the reference to the candidate, as the diff shows it: in percent, on a ratio's scale of the ratio
 * (of 1 + speedup), else of the reference's mean; or in the metric's own unit. Null where there is none.
 */
export function changeIn(
  { reference, candidate, delta }: Contrast,
  { scale }: Metric,
  unit: Amount['unit'],
): number | null {
  if (reference.value === null || candidate.value === null || delta.value === null) return null;
  switch (unit) {
    case 'own':
      return candidate.value - reference.value;
    case 'percent':
      if (scale !== 'difference') return 100 * delta.value;
      return reference.value === 0 ? null : (100 * delta.value) / Math.abs(reference.value);
  }
}
