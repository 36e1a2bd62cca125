import * as statistics from 'simple-statistics';

/** Arithmetic mean, or null of nothing: a missing number stays missing. */
export const mean = (values: readonly number[]): number | null =>
  values.length === 0 ? null : statistics.mean([...values]);

/** Sample standard deviation (n - 1 in the denominator); null below two values, which have no spread. */
export const standardDeviation = (values: readonly number[]): number | null =>
  values.length < 2 ? null : statistics.sampleStandardDeviation([...values]);
