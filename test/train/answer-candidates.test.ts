import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { fromThreshold } from '../../src/tasks/span-metrics.ts';
import { squadFiles } from '../../src/tasks/squad/predictions.ts';
import { openTokenizer } from '../../src/text/tokenizer.ts';
import { encodeWindows } from '../../src/text/windows.ts';
import { answersOf } from '../../src/train/answer-candidates.ts';

interface Candidate {
  readonly text: string;
  readonly probability: number;
  readonly start_logit: number;
  readonly end_logit: number;
}

/** A question, the windows that its passage is read in, and what run_squad.py makes of their logits. */
interface Known {
  readonly length: number;
  readonly question: string;
  readonly passage: string;
  readonly unanswerable: boolean;
  readonly threshold: number;
  readonly windows: readonly {
    /** Where the passage begins in the sequence. */
    readonly first: number;
    /** A digit for each of the passage's tokens. */
    readonly mostContext: string;
    /** Logits of [CLS] and of the passage's tokens. */
    readonly start: readonly number[];
    readonly end: readonly number[];
  }[];
  readonly prediction: string;
  readonly nullOdds: number | null;
  readonly nbest: readonly Candidate[];
}

// Made by test/oracle/squad_candidates.py.
const cases = JSON.parse(readFileSync('test/fixtures/squad-candidates.json', 'utf8')) as readonly Known[];
const tokenizer = openTokenizer(4000);

const encoded = ({ question, passage, length }: Known) =>
  encodeWindows(tokenizer, [{ id: 'q', question, passage, start: -1, end: -1, answers: [] }], length);

/** The logits as the span head gives them: far below any other where no passage is. */
function outputsOf({ windows, length }: Known): Float32Array {
  const outputs = new Float32Array(2 * length * windows.length).fill(-1e9);
  for (const [row, { first, start, end }] of windows.entries()) {
    for (const [side, values] of [start, end].entries()) {
      const at = (2 * row + side) * length;
      outputs[at] = values[0]!;
      outputs.set(values.slice(1), at + first);
    }
  }
  return outputs;
}

test('windows show the same tokens as those of transformers, and the same of them with most context', async () => {
  expect(cases.filter(({ windows }) => windows.length > 2).length).toBeGreaterThan(20);
  for (const known of cases) {
    const { count, passage, mostContext } = await encoded(known);
    expect(count).toBe(known.windows.length);
    for (const [row, { first, mostContext: wanted }] of known.windows.entries()) {
      const at = row * known.length;
      const end = first + wanted.length;
      expect([...passage.slice(at + 1, at + known.length)].lastIndexOf(1) + 2).toBe(end);
      expect([...mostContext.slice(at + first, at + end)].join('')).toBe(wanted);
    }
  }
});

describe('candidates are those of run_squad.py', () => {
  test.each(cases.map((known, index) => [index, known] as const))('in case %i', async (_, known) => {
    const asked = await encoded(known);
    const found = answersOf(asked, 1, outputsOf(known), known.unanswerable);
    const example = { id: 'q', question: '', passage: '', start: -1, end: -1, answers: [] };
    const answers = known.unanswerable ? fromThreshold(found, known.threshold) : found;
    const files = squadFiles({ task: 'squad', unanswerable: known.unanswerable }, answers, [example]);
    const read = Object.fromEntries(
      files.map(({ name, text }) => [name, (JSON.parse(text) as Readonly<Record<'q', unknown>>).q]),
    );
    const candidates = read['squad/nbest_predictions.json'] as readonly Candidate[];
    const exact = ({ text, start_logit, end_logit }: Candidate) => ({ text, start_logit, end_logit });
    expect(candidates.map(exact)).toEqual(known.nbest.map(exact));
    for (const [index, { probability }] of candidates.entries()) {
      expect(probability).toBeCloseTo(known.nbest[index]!.probability, 10);
    }
    expect(read['squad/predictions.json']).toBe(known.prediction);
    expect(read['squad/null_odds.json'] ?? null).toBe(known.nullOdds);
  });
});
