import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { matthews, pearson, spearman } from '../../src/tasks/correlation.ts';
import { accuracy, f1, macroF1 } from '../../src/tasks/metrics.ts';
import { bestF1Threshold, exactMatch, fromThreshold, normalizeAnswer, spanF1 } from '../../src/tasks/span-metrics.ts';
import { squad } from '../../src/tasks/squad/index.ts';
import type { SpanPrediction } from '../../src/tasks/task.ts';

interface Correlated extends Readonly<{ gold: number[]; predicted: number[] }> {
  readonly pearson: number | null;
  readonly spearman: number | null;
}

interface Fixture {
  readonly classes: readonly ({ readonly gold: number[]; readonly predicted: number[] } & Readonly<
    Record<'accuracy' | 'f1' | 'macro_f1' | 'matthews', number>
  >)[];
  readonly degenerate: readonly Correlated[];
  readonly spans: readonly Readonly<{ predicted: string; answers: string[]; exact_match: number; f1: number }>[];
  readonly matthews: readonly Readonly<{ gold: number[]; predicted: number[]; matthews: number }>[];
  readonly correlations: readonly Correlated[];
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

test('accuracy, F1, its macro average and Matthews’ correlation equal scikit-learn’s on a thousand small sets', () => {
  expect(fixture.classes.length).toBe(1000);
  // Sides that name one class only, and positive classes that are nowhere: where definitions differ.
  expect(fixture.classes.filter(({ gold }) => new Set(gold).size === 1).length).toBeGreaterThan(100);
  expect(fixture.classes.filter(({ gold, predicted }) => ![...gold, ...predicted].includes(1)).length).toBeGreaterThan(
    100,
  );
  for (const { gold, predicted, ...known } of fixture.classes) {
    expect(accuracy(predicted, gold)).toBeCloseTo(known.accuracy, 12);
    expect(f1(predicted, gold)).toBeCloseTo(known.f1, 12);
    expect(macroF1(predicted, gold)).toBeCloseTo(known.macro_f1, 12);
    expect(matthews(predicted, gold)).toBeCloseTo(known.matthews, 12);
  }
});

test('exact match and F1 of a thousand answers equal the official script’s', () => {
  expect(fixture.spans.length).toBe(1000);
  for (const { predicted, answers, ...known } of fixture.spans) {
    const what = JSON.stringify([predicted, answers]);
    expect(exactMatch([predicted], [{ answers }]), what).toBe(known.exact_match);
    expect(spanF1([predicted], [{ answers }]), what).toBeCloseTo(known.f1, 12);
  }
});

test('Pearson’s and Spearman’s correlations equal scipy’s, undefined ones included', () => {
  expect(fixture.correlations.filter((known) => known.pearson === null).length).toBeGreaterThan(3);
  expect(fixture.degenerate.filter((known) => known.pearson === null).length).toBeGreaterThan(200);
  const cases = [...fixture.correlations, ...fixture.degenerate];
  expect(cases.length).toBe(1000);
  for (const { predicted, gold, ...known } of cases) {
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
    const from = fromThreshold(predictions, bestF1Threshold(predictions, examples));
    expect(task.score(from, examples)['f1']).toBeCloseTo(known, 10);
    expect(task.score(from, examples)['best_f1']).toBeCloseTo(known, 10);
    const again = fromThreshold(fromThreshold(predictions, 3), -3);
    expect(task.score(again, examples)['f1']).toBeCloseTo(task.score(predictions, examples)['f1']!, 10);
  }
});
