/** Arithmetic mean, or null of nothing: a missing number stays missing. */
export function mean(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Middle value, or the mean of the middle two; null of nothing. */
export function median(values: readonly number[]): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return mean(sorted.length % 2 === 1 ? [sorted[middle]!] : sorted.slice(middle - 1, middle + 1));
}

/** Sample standard deviation (n - 1 in the denominator); null below two values, which have no spread. */
export function standardDeviation(values: readonly number[]): number | null {
  const centre = mean(values);
  if (centre === null || values.length < 2) return null;
  const squares = values.reduce((sum, value) => sum + (value - centre) ** 2, 0);
  return Math.sqrt(squares / (values.length - 1));
}

/** Smallest and largest value; null below two values, which span nothing. */
export function range(values: readonly number[]): readonly [low: number, high: number] | null {
  return values.length < 2 ? null : [Math.min(...values), Math.max(...values)];
}
