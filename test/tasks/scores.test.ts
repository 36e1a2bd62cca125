import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { matthews, pearson, spearman } from '../../src/tasks/correlation.ts';
import { fromThreshold, normalizeAnswer } from '../../src/tasks/span-metrics.ts';
import { squad } from '../../src/tasks/squad/index.ts';
import type { SpanPrediction } from '../../src/tasks/task.ts';

interface Fixture {
  readonly matthews: readonly Readonly<{ gold: number[]; predicted: number[]; matthews: number }>[];
  readonly correlations: readonly Readonly<{
    gold: number[];
    predicted: number[];
    pearson: number | null;
    spearman: number | null;
  }>[];
  readonly squad: readonly ({ readonly answers: string[][]; readonly predictions: SpanPrediction[] } & Readonly<
    Record<'exact_match' | 'f1' | 'best_exact_match' | 'best_f1', number>
  >)[];
}

// Made by test/oracle/scores.py.
const fixture = JSON.parse(readFileSync('test/fixtures/scores.json', 'utf8')) as Fixture;

test('Matthews’ correlation equals scikit-learn’s, of two classes and of more', () => {
  expect(fixture.matthews.length).toBe(400);
  for (const known of fixture.matthews) expect(matthews(known.predicted, known.gold)).toBeCloseTo(known.matthews, 12);
});

test('Pearson’s and Spearman’s correlations equal scipy’s, undefined ones included', () => {
  expect(fixture.correlations.filter((known) => known.pearson === null).length).toBeGreaterThan(3);
  for (const { predicted, gold, ...known } of fixture.correlations) {
    expectClose(pearson(predicted, gold), known.pearson);
    expectClose(spearman(predicted, gold), known.spearman);
  }
});

function expectClose(value: number, known: number | null): void {
  if (known === null) expect(value).toBeNaN();
  else expect(value).toBeCloseTo(known, 10);
}

test('SQuAD 2.0 is scored as the official script scores it', () => {
  const task = squad[1];
  expect(task.name).toBe('squad-2.0');
  for (const { answers, predictions, ...known } of fixture.squad) {
    const examples = answers.map((own) => ({ question: '', passage: '', start: -1, end: -1, answers: own }));
    const scores = task.score(predictions, examples);
    for (const [name, value] of Object.entries(known)) expect(scores[name], name).toBeCloseTo(value, 10);
  }
});

test('the best threshold gives the F1 that the official script finds for it, wherever counting begins', () => {
  const task = squad[1];
  // Articles alone are as good as no answer, which the script's search does not reckon with.
  const said = fixture.squad.filter(({ answers, predictions }) =>
    [...answers.flat(), ...predictions.map(({ text }) => text)].every((text) => !text || normalizeAnswer(text) !== ''),
  );
  expect(said.length).toBeGreaterThan(50);
  for (const { answers, predictions, best_f1: known } of said) {
    const examples = answers.map((own) => ({ question: '', passage: '', start: -1, end: -1, answers: own }));
    const from = fromThreshold(predictions, examples, 'best');
    expect(task.score(from, examples)['f1']).toBeCloseTo(known, 10);
    expect(task.score(from, examples)['best_f1']).toBeCloseTo(known, 10);
    const again = fromThreshold(fromThreshold(predictions, examples, 3), examples, -3);
    expect(task.score(again, examples)['f1']).toBeCloseTo(task.score(predictions, examples)['f1']!, 10);
  }
});
