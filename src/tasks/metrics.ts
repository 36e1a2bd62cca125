import type { MetricInfo, SpanExample } from './task.ts';

export const ACCURACY: MetricInfo = { name: 'accuracy', higherIsBetter: true };
export const F1: MetricInfo = { name: 'f1', higherIsBetter: true };
export const MACRO_F1: MetricInfo = { name: 'macro_f1', higherIsBetter: true };
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

/** Share of predictions that equal one of the answers after SQuAD's normalization. */
export function exactMatch(predictions: readonly string[], examples: readonly Pick<SpanExample, 'answers'>[]): number {
  return mean(
    examples.map(({ answers }, index) => {
      const predicted = normalizeAnswer(predictions[index] ?? '');
      return answers.some((answer) => normalizeAnswer(answer) === predicted) ? 1 : 0;
    }),
  );
}

/** Mean over examples of the best token F1 against any of the answers, by SQuAD's rules. */
export function spanF1(predictions: readonly string[], examples: readonly Pick<SpanExample, 'answers'>[]): number {
  return mean(
    examples.map(({ answers }, index) =>
      Math.max(0, ...answers.map((answer) => tokenF1(predictions[index] ?? '', answer))),
    ),
  );
}

function tokenF1(predicted: string, answer: string): number {
  const got = tokens(predicted);
  const want = tokens(answer);
  // An answer of articles alone, or none at all: SQuAD 2.0's rule.
  if (got.length === 0 && want.length === 0) return 1;
  const left = [...want];
  let common = 0;
  for (const token of got) {
    const at = left.indexOf(token);
    if (at === -1) continue;
    left.splice(at, 1);
    common += 1;
  }
  return common === 0 ? 0 : (2 * common) / (got.length + want.length);
}

const tokens = (text: string): string[] =>
  normalizeAnswer(text)
    .split(' ')
    .filter((token) => token !== '');

const PUNCTUATION = /[!"#$%&'()*+,\-./:;<=>?@[\\\]^_`{|}~]/g;
/** Word boundaries by Unicode: JavaScript's \b takes the "a" after an accented letter for a word. */
const ARTICLE = /(?<![\p{L}\p{N}_])(?:a|an|the)(?![\p{L}\p{N}_])/gu;

/** The official SQuAD script's order: lowercase, drop ASCII punctuation, drop articles, single spaces. */
export function normalizeAnswer(text: string): string {
  return text.toLowerCase().replace(PUNCTUATION, '').replace(ARTICLE, ' ').replace(/\s+/g, ' ').trim();
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
