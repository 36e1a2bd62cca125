import quantile from '@stdlib/stats-base-dists-t-quantile';
import { mean, standardDeviation } from './centre.ts';

/** A number and its confidence interval; `low` and `high` are null where the values have no spread to tell it from. */
export interface Estimate {
  readonly value: number | null;
  readonly low: number | null;
  readonly high: number | null;
}

export const UNKNOWN: Estimate = { value: null, low: null, high: null };

/** Share of intervals that hold the true value, where the values are drawn from a normal distribution. */
export const CONFIDENCE = 0.95;

/** Arithmetic mean with Student's t interval at `CONFIDENCE`. */
export function meanInterval(values: readonly number[]): Estimate {
  const centre = mean(values);
  const sd = standardDeviation(values);
  if (centre === null || sd === null) return { ...UNKNOWN, value: centre };
  return around(centre, sd / Math.sqrt(values.length), values.length - 1);
}

/** Difference of the means, `candidate` minus `reference`, with Welch's t interval (degrees of freedom: Satterthwaite). */
export function differenceInterval(reference: readonly number[], candidate: readonly number[]): Estimate {
  const [from, to] = [mean(reference), mean(candidate)];
  if (from === null || to === null) return UNKNOWN;
  const [sdFrom, sdTo] = [standardDeviation(reference), standardDeviation(candidate)];
  if (sdFrom === null || sdTo === null) return { ...UNKNOWN, value: to - from };
  const [errorFrom, errorTo] = [sdFrom ** 2 / reference.length, sdTo ** 2 / candidate.length];
  const error = errorFrom + errorTo;
  if (error === 0) return { value: to - from, low: to - from, high: to - from };
  const freedom = error ** 2 / (errorFrom ** 2 / (reference.length - 1) + errorTo ** 2 / (candidate.length - 1));
  return around(to - from, Math.sqrt(error), freedom);
}

function around(centre: number, error: number, freedom: number): Estimate {
  const reach = quantile(1 - (1 - CONFIDENCE) / 2, freedom) * error;
  return { value: centre, low: centre - reach, high: centre + reach };
}
