import type { MetricInfo } from './task.ts';

export const ACCURACY: MetricInfo = { name: 'accuracy', higherIsBetter: true };
export const F1: MetricInfo = { name: 'f1', higherIsBetter: true };
export const MACRO_F1: MetricInfo = { name: 'macro_f1', higherIsBetter: true };
export const MATTHEWS: MetricInfo = { name: 'matthews', higherIsBetter: true };
export const PEARSON: MetricInfo = { name: 'pearson', higherIsBetter: true };
export const SPEARMAN: MetricInfo = { name: 'spearman', higherIsBetter: true };
export const EXACT_MATCH: MetricInfo = { name: 'exact_match', higherIsBetter: true };

/** Share of predictions that equal the label; NaN without examples. */
export function accuracy(predictions: readonly number[], labels: readonly number[]): number {
  return mean(labels.map((label, index) => (predictions[index] === label ? 1 : 0)));
}

/** F1 of one class against the rest; 0 where the class is neither predicted nor there. */
export function f1(predictions: readonly number[], labels: readonly number[], positive = 1): number {
  let hits = 0;
  let named = 0;
  for (const [index, label] of labels.entries()) {
    const predicted = predictions[index] === positive;
    if (predicted && label === positive) hits += 1;
    named += Number(predicted) + Number(label === positive);
  }
  return named === 0 ? 0 : (2 * hits) / named;
}

/** Mean F1 over the classes that were predicted or are there, as scikit-learn's f1_score(average="macro"). */
export function macroF1(predictions: readonly number[], labels: readonly number[]): number {
  const classes = [...new Set([...predictions, ...labels])];
  return mean(classes.map((positive) => f1(predictions, labels, positive)));
}

/** The metrics of a task whose mean is its share in the score; none of a task that is only looked at. */
export const countingMetrics = (metrics: readonly MetricInfo[]): readonly MetricInfo[] =>
  metrics.filter(({ counts }, index) => counts ?? index === 0);

/** NaN without values. */
export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
