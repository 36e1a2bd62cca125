import type {
  ClassificationExample,
  ClassificationTask,
  PredictionFile,
  RegressionExample,
  RegressionTask,
  SpanExample,
  SpanPrediction,
  SpanTask,
  UnlabelledExample,
  UnlabelledSet,
} from './task.ts';

/** A set's predictions, in the examples' order, as a benchmark takes them: a line for each, under a header. */
export const handedIn = (
  { output, written }: UnlabelledSet,
  examples: readonly UnlabelledExample[],
  predictions: readonly number[],
): PredictionFile => ({
  name: output,
  text: table(
    ['index', 'prediction'],
    examples.map(({ index }, row) => [index, written(predictions[row]!)]),
  ),
});

/** Labels that were predicted and those that are right, by name. */
export const classFile = (
  { name, labels }: ClassificationTask,
  examples: readonly ClassificationExample[],
  predictions: readonly number[],
): PredictionFile =>
  besideLabels(
    name,
    examples.map(({ label }, row) => [labels[predictions[row]!]!, labels[label]!]),
  );

/** Numbers that were predicted and those that are right. */
export const numberFile = (
  { name }: RegressionTask,
  examples: readonly RegressionExample[],
  predictions: readonly number[],
): PredictionFile =>
  besideLabels(
    name,
    examples.map(({ target }, row) => [String(predictions[row]!), String(target)]),
  );

/** Texts that were predicted, and the first of those that are right. Spaces of any kind become one. */
export const textFile = (
  { name }: SpanTask,
  examples: readonly SpanExample[],
  predictions: readonly SpanPrediction[],
): PredictionFile =>
  besideLabels(
    name,
    examples.map(({ answers }, row) => [predictions[row]!.text, answers[0] ?? '']),
  );

const besideLabels = (name: string, rows: readonly (readonly [prediction: string, label: string])[]) => ({
  name: `${name}.tsv`,
  text: table(
    ['index', 'prediction', 'label'],
    rows.map((cells, index) => [String(index), ...cells]),
  ),
});

const table = (header: readonly string[], rows: readonly (readonly string[])[]): string =>
  [header, ...rows].map((cells) => `${cells.map((cell) => cell.replace(/\s+/g, ' ')).join('\t')}\n`).join('');
