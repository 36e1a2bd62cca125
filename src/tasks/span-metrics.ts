import { mean } from './metrics.ts';
import type { SpanExample, SpanPrediction } from './task.ts';

type Answered = Pick<SpanExample, 'answers'>;

/** Share of predictions that equal one of the answers after SQuAD's normalization. */
export const exactMatch = (predictions: readonly string[], examples: readonly Answered[]): number =>
  mean(exactMatches(predictions, examples));

/** Mean over examples of the best token F1 against any of the answers, by SQuAD's rules. */
export const spanF1 = (predictions: readonly string[], examples: readonly Answered[]): number =>
  mean(spanF1s(predictions, examples));

/** 1 for every prediction that is an exact match, else 0. */
export function exactMatches(predictions: readonly string[], examples: readonly Answered[]): number[] {
  return examples.map(({ answers }, index) => {
    const predicted = normalizeAnswer(predictions[index] ?? '');
    return accepted(answers).some((answer) => normalizeAnswer(answer) === predicted) ? 1 : 0;
  });
}

/** Every prediction's best token F1. */
export function spanF1s(predictions: readonly string[], examples: readonly Answered[]): number[] {
  return examples.map(({ answers }, index) =>
    Math.max(0, ...accepted(answers).map((answer) => tokenF1(predictions[index] ?? '', answer))),
  );
}

/** A threshold of `noAnswer`: up to it the text is answered, beyond it nothing. */
interface Threshold {
  readonly value: number;
  /** The mean score that it gives. */
  readonly mean: number;
}

/**
 * The threshold that gives the best mean of `scores` (one for each predicted text), the lowest of equals
 * (find_best_thresh of SQuAD 2.0's official script). Where it is best to answer nothing, it lies below all of `noAnswer`.
 */
export function bestThreshold(
  predictions: readonly SpanPrediction[],
  scores: readonly number[],
  examples: readonly Answered[],
): Threshold {
  const answerable = examples.map(({ answers }) => answers.length > 0);
  let sum = answerable.filter((has) => !has).length;
  const order = [...predictions.keys()].sort((a, b) => predictions[a]!.noAnswer - predictions[b]!.noAnswer);
  let best = { value: (predictions[order[0]!]?.noAnswer ?? 0) - 1, sum };
  for (const index of order) {
    if (answerable[index] === true) sum += scores[index]!;
    else if (predictions[index]!.text !== '') sum -= 1;
    if (sum > best.sum) best = { value: predictions[index]!.noAnswer, sum };
  }
  return { value: best.value, mean: best.sum / examples.length };
}

/** The threshold that gives the best F1 on these very examples. */
export function bestF1Threshold(predictions: readonly SpanPrediction[], examples: readonly Answered[]): number {
  const texts = predictions.map(({ text }) => text);
  return bestThreshold(predictions, spanF1s(texts, examples), examples).value;
}

/** Predictions whose `noAnswer` counts from a threshold, so that nothing is answered where it is above 0. */
export const fromThreshold = (predictions: readonly SpanPrediction[], threshold: number): readonly SpanPrediction[] =>
  predictions.map((prediction) => ({ ...prediction, noAnswer: prediction.noAnswer - threshold }));

/** Where a passage does not answer, nothing is the right answer: SQuAD 2.0's rule. */
function accepted(answers: readonly string[]): readonly string[] {
  const some = answers.filter((answer) => normalizeAnswer(answer) !== '');
  return some.length === 0 ? [''] : some;
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
