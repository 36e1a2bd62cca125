import { expect, test } from 'vitest';
import type { TaskRun } from '../../src/run/record.ts';
import { ACCURACY, F1, PEARSON } from '../../src/tasks/metrics.ts';
import { summarize, typicalRun } from '../../src/train/task-runs.ts';

const task = { name: 'task', metrics: [ACCURACY, F1] };
const run = (rate: number, seed: number, accuracy: number, f1 = 0): TaskRun => ({
  rate,
  seed,
  metrics: { accuracy, f1 },
});

test('one run is its own summary, as it was before there could be several', () => {
  expect(summarize(task, [run(1, 0, 0.5, 0.25)])).toEqual({ metrics: { accuracy: 0.5, f1: 0.25 }, warnings: [] });
});

test('several seeds give the median of every metric, its spread and all runs', () => {
  const runs = [run(1, 0, 0.5, 0.9), run(1, 7, 0.9, 0.1), run(1, 8, 0.6, 0.2)];
  const { metrics, spread, rate, ...rest } = summarize(task, runs);
  expect(metrics).toEqual({ accuracy: 0.6, f1: 0.2 });
  // Sample standard deviation of 0.5, 0.9, 0.6, by hand.
  expect(spread!['accuracy']).toBeCloseTo(Math.sqrt(0.13 / 3), 12);
  expect(rate).toBe(1);
  expect(rest).toEqual({ runs, warnings: [] });
});

test('of an even number of seeds the median lies between the two in the middle', () => {
  expect(summarize(task, [run(1, 0, 0.5), run(1, 7, 0.75)]).metrics['accuracy']).toBe(0.625);
});

test('the rate whose median is best is kept, by the metrics that count, and a warning says what chose it', () => {
  const runs = [
    run(1, 0, 0.9, 0),
    run(1, 7, 0.1, 0),
    run(1, 8, 0.1, 0),
    run(2, 0, 0.4),
    run(2, 7, 0.5),
    run(2, 8, 0.6),
  ];
  expect(summarize(task, runs)).toMatchObject({
    rate: 2,
    metrics: { accuracy: 0.5 },
    warnings: ['task: rate 2 of 2 was chosen on the examples that it is scored on, so the score flatters'],
  });
  const both = [ACCURACY, F1].map((metric) => ({ ...metric, counts: true }));
  const byBoth = summarize({ name: 'task', metrics: both }, [run(1, 0, 0.6, 0.1), run(2, 0, 0.5, 0.5)]);
  expect(byBoth.rate).toBe(2);
});

test('an undefined metric is left out and told, and never wins', () => {
  const one = { name: 'task', metrics: [PEARSON] };
  const runs = [
    { rate: 1, seed: 0, metrics: { pearson: Number.NaN } },
    { rate: 2, seed: 0, metrics: { pearson: -0.5 } },
  ];
  expect(summarize(one, runs)).toMatchObject({ rate: 2, metrics: { pearson: -0.5 } });
  expect(summarize(one, runs.slice(0, 1))).toEqual({
    metrics: {},
    warnings: ['task: pearson is undefined, one value was predicted for all examples'],
  });
});

test('the run that speaks for all is the one nearest to the median of the seeds of the chosen rate', () => {
  const worse = [run(1, 0, 0.625), run(1, 7, 0.1), run(1, 8, 0.3)];
  expect(typicalRun(task, [...worse, run(2, 0, 0.9), run(2, 7, 0.5), run(2, 8, 0.6)])).toBe(5);
  // Of two in the middle, both as near, the first.
  expect(typicalRun(task, [...worse, run(2, 0, 0.25), run(2, 7, 0.75), run(2, 8, 0.5), run(2, 9, 1)])).toBe(4);
  expect(typicalRun(task, [run(1, 0, 0.5)])).toBe(0);
});

test('a run without a score speaks for others only where none has one', () => {
  const none = Number.NaN;
  expect(typicalRun(task, [run(1, 0, none), run(1, 7, 0.5)])).toBe(1);
  expect(typicalRun(task, [run(1, 0, none), run(1, 7, none)])).toBe(0);
});
