import type { SpanCandidate, SpanPrediction } from '../tasks/task.ts';
import type { EncodedWindows } from '../text/windows.ts';
import { LONGEST_ANSWER } from './best-span.ts';

/** Candidates of a question at most, and starts and ends looked at in each window: run_squad.py's n_best_size. */
const MOST_CANDIDATES = 20;

/** A start and an end in a window; both 0, which is [CLS], for "the passage does not say". */
interface Span {
  readonly row: number;
  readonly start: number;
  readonly end: number;
  readonly startLogit: number;
  readonly endLogit: number;
}

type Answer = Pick<SpanCandidate, 'text' | 'startLogit' | 'endLogit'>;

/**
 * What the scores [windows, 2, length] of all windows say to each of `count` questions, by the rules of BERT's released
 * run_squad.py: the text that scores best, and the best candidates with it. `unanswerable` has "the passage does not
 * say" among them.
 */
export function answersOf(
  asked: EncodedWindows,
  count: number,
  outputs: Float32Array,
  unanswerable: boolean,
): SpanPrediction[] {
  const rows = Array.from({ length: count }, (): number[] => []);
  for (const [row, example] of asked.example.entries()) rows[example]!.push(row);
  return rows.map((own) => {
    const spans = own.flatMap((row) => spansOf(asked, row, outputs));
    const none = unanswerable ? leastSureOfNone(asked, own, outputs) : null;
    const answers = bestAnswers(asked, none === null ? spans : [...spans, none], none);
    const candidates = withProbabilities(answers);
    const best = candidates.find(({ text }) => text !== '') ?? candidates[0]!;
    const noAnswer = none === null ? -Infinity : none.startLogit + none.endLogit - best.startLogit - best.endLogit;
    return { text: best.text, noAnswer, candidates };
  });
}

/** The spans of a window that can be answers: of its best starts and ends those in order, not too long, and in place. */
function spansOf(asked: EncodedWindows, row: number, outputs: Float32Array): Span[] {
  const { length } = asked;
  const { starts, ends } = scoresOf(asked, row, outputs);
  // [CLS] answers nothing, though the head may point at it.
  const inPassage = (token: number) => token > 0 && asked.passage[row * length + token] === 1;
  // Another window sees more of what is around the start: its score counts.
  const begins = largest(starts).filter((at) => inPassage(at) && asked.mostContext[row * length + at] === 1);
  const finishes = largest(ends).filter(inPassage);
  return begins.flatMap((start) =>
    finishes
      .filter((end) => end >= start && end - start < LONGEST_ANSWER)
      .map((end) => ({ row, start, end, startLogit: starts[start]!, endLogit: ends[end]! })),
  );
}

/** Most windows do not hold the answer: the one that is least sure of that speaks for all. */
function leastSureOfNone(asked: EncodedWindows, rows: readonly number[], outputs: Float32Array): Span {
  const none = rows.map((row): Span => {
    const { starts, ends } = scoresOf(asked, row, outputs);
    return { row, start: 0, end: 0, startLogit: starts[0]!, endLogit: ends[0]! };
  });
  return none.reduce((least, one) => (scoreOf(one) < scoreOf(least) ? one : least));
}

/** The best spans, each text once; `none` is among them even where it is worse. */
function bestAnswers(asked: EncodedWindows, spans: readonly Span[], none: Span | null): Answer[] {
  const answers = new Map<string, Answer>();
  for (const span of spans.toSorted((a, b) => scoreOf(b) - scoreOf(a))) {
    if (answers.size === MOST_CANDIDATES) break;
    const text = span.start === 0 ? '' : asked.answer(span.row, span.start, span.end);
    if (!answers.has(text)) answers.set(text, { text, startLogit: span.startLogit, endLogit: span.endLogit });
  }
  if (none !== null && !answers.has('')) {
    answers.set('', { text: '', startLogit: none.startLogit, endLogit: none.endLogit });
  }
  const found = [...answers.values()];
  // So that there is something to answer: what run_squad.py says then.
  const hasText = found.some(({ text }) => text !== '');
  return hasText ? found : [{ text: 'empty', startLogit: 0, endLogit: 0 }, ...found];
}

function withProbabilities(answers: readonly Answer[]): SpanCandidate[] {
  const scores = answers.map(scoreOf);
  const highest = Math.max(...scores);
  const weights = scores.map((score) => Math.exp(score - highest));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return answers.map((answer, index) => ({ ...answer, probability: weights[index]! / sum }));
}

const scoreOf = ({ startLogit, endLogit }: Pick<Answer, 'startLogit' | 'endLogit'>): number => startLogit + endLogit;

function scoresOf({ length }: EncodedWindows, row: number, outputs: Float32Array) {
  const at = 2 * row * length;
  return { starts: outputs.subarray(at, at + length), ends: outputs.subarray(at + length, at + 2 * length) };
}

/** Where the largest values stand, largest first; of equals, the first. */
const largest = (values: Float32Array): number[] =>
  [...values.keys()].sort((a, b) => values[b]! - values[a]!).slice(0, MOST_CANDIDATES);
