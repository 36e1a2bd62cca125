import { mean } from './metrics.ts';

/**
 * Matthews' correlation of predicted and true classes, for any number of classes (Gorodkin 2004); 0 where either side
 * names one class only, as scikit-learn has it.
 */
export function matthews(predictions: readonly number[], labels: readonly number[]): number {
  const count = labels.length;
  const hits = labels.filter((label, index) => predictions[index] === label).length;
  const [predicted, there] = [countsOf(predictions), countsOf(labels)];
  const products = (a: ReadonlyMap<number, number>, b: ReadonlyMap<number, number>) =>
    [...a].reduce((sum, [label, times]) => sum + times * (b.get(label) ?? 0), 0);
  const spread = (count ** 2 - products(predicted, predicted)) * (count ** 2 - products(there, there));
  return spread === 0 ? 0 : (hits * count - products(predicted, there)) / Math.sqrt(spread);
}

function countsOf(values: readonly number[]): ReadonlyMap<number, number> {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}

/** Pearson's correlation; NaN where either side is constant. */
export function pearson(a: readonly number[], b: readonly number[]): number {
  // Asked first: the mean of equal numbers can differ from them in its last bit, and what is left would correlate.
  if ([a, b].some((values) => values.every((value) => value === values[0]))) return Number.NaN;
  const [meanA, meanB] = [mean(a), mean(b)];
  let [product, squareA, squareB] = [0, 0, 0];
  for (const [index, value] of a.entries()) {
    const [x, y] = [value - meanA, b[index]! - meanB];
    product += x * y;
    squareA += x * x;
    squareB += y * y;
  }
  const spread = Math.sqrt(squareA) * Math.sqrt(squareB);
  // Rounding can carry a perfect correlation past its end.
  return spread === 0 ? Number.NaN : Math.max(-1, Math.min(1, product / spread));
}

/** Spearman's correlation: Pearson's of the ranks, equal values sharing the mean of theirs. NaN as Pearson's. */
export const spearman = (a: readonly number[], b: readonly number[]): number => pearson(ranks(a), ranks(b));

function ranks(values: readonly number[]): number[] {
  const order = [...values.keys()].sort((a, b) => values[a]! - values[b]!);
  const ranked = new Array<number>(values.length);
  for (let first = 0; first < order.length;) {
    let end = first + 1;
    while (end < order.length && values[order[end]!] === values[order[first]!]) end += 1;
    for (const index of order.slice(first, end)) ranked[index] = (first + end + 1) / 2;
    first = end;
  }
  return ranked;
}
