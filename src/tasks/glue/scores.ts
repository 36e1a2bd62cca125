import { matthews } from '../correlation.ts';
import { ACCURACY, accuracy, F1, f1 } from '../metrics.ts';
import type { ClassificationExample, MetricInfo } from '../task.ts';

export type Scores = Readonly<Record<string, number>>;

/** A metric that is part of the task's share in the score. */
export const counting = (metric: MetricInfo): MetricInfo => ({ ...metric, counts: true });
const labelsOf = (examples: readonly ClassificationExample[]) => examples.map(({ label }) => label);

/** What a task has that is scored by accuracy. */
export const inAccuracy = {
  metrics: [ACCURACY],
  score: (predictions: readonly number[], examples: readonly ClassificationExample[]): Scores => ({
    accuracy: accuracy(predictions, labelsOf(examples)),
  }),
};

/** What a task has that is scored by Matthews' correlation. */
export const inMatthews = (metric: MetricInfo) => ({
  metrics: [metric],
  score: (predictions: readonly number[], examples: readonly ClassificationExample[]): Scores => ({
    matthews: matthews(predictions, labelsOf(examples)),
  }),
});

/** What a task has that is scored by the F1 of its second label and by accuracy. */
export const inF1AndAccuracy = {
  metrics: [counting(F1), counting(ACCURACY)],
  score: (predictions: readonly number[], examples: readonly ClassificationExample[]): Scores => ({
    f1: f1(predictions, labelsOf(examples), 1),
    accuracy: accuracy(predictions, labelsOf(examples)),
  }),
};

/** Accuracy in one part of the examples. */
export function inPart(
  wanted: string,
  predictions: readonly number[],
  examples: readonly ClassificationExample[],
): number {
  const rows = [...examples.keys()].filter((row) => examples[row]!.part === wanted);
  return accuracy(
    rows.map((row) => predictions[row]!),
    rows.map((row) => examples[row]!.label),
  );
}
