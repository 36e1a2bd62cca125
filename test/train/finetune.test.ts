import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Engine } from '../../src/engine/engine.ts';
import type { CellEvent } from '../../src/run/record.ts';
import { targetShape, type Settings } from '../../src/run/spec.ts';
import type { ClassificationTask, RegressionTask, SpanExample, SpanTask, Task } from '../../src/tasks/task.ts';
import { finetune } from '../../src/train/finetune.ts';
import { initialState } from '../../src/train/init.ts';
import { noCheckpoints, runCell } from './whole-cell.ts';
import { repetitiveCorpus, tinyCell, tinySettings } from './tiny.ts';
import { openTestEngine } from '../engine/engines.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await openTestEngine();
});

const WORDS = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
/** Eight letters in an order that changes with `index`. */
const letters = (index: number): string[] =>
  WORDS.map((_, place) => WORDS[(place * (1 + 2 * (index % 4)) + Math.floor(index / 4)) % 8]!);
const counted = (size: number) => Array.from({ length: size }, (_, index) => index);
const about: Pick<Task, 'summary' | 'version' | 'data' | 'files' | 'metrics' | 'baselines'> = {
  ...{ summary: '', version: 3, data: 'wordnet', files: [], baselines: [] },
  metrics: [{ name: 'right', higherIsBetter: true }],
};
const right = <T>(predictions: readonly T[], wanted: readonly T[]) => ({
  right: wanted.filter((want, index) => want === predictions[index]).length / wanted.length,
});

/** Is there a "z"? */
const classification: ClassificationTask = {
  ...about,
  name: 'z-there',
  kind: 'classification',
  labels: ['no', 'yes'],
  examples: () => {
    const all = counted(600).map((index) => ({
      text: letters(index).slice(0, 4).join(' '),
      pair: `${index % 3 === 0 ? 'z' : 'y'} ${letters(index)[0]!}`,
      label: index % 3 === 0 ? 1 : 0,
    }));
    return { train: all.slice(90), test: all.slice(0, 90) };
  },
  score: (predictions, examples) =>
    right(
      predictions,
      examples.map(({ label }) => label),
    ),
  texts: ({ text }) => [text],
};

/** 1 where there is a "z", 0 where not; right is what comes within a quarter. */
const regression: RegressionTask = {
  ...about,
  name: 'z-number',
  kind: 'regression',
  examples: () => {
    const { train, test } = classification.examples(new Map());
    const number = ({ label, ...texts }: (typeof train)[number]) => ({ ...texts, target: label });
    return { train: train.map(number), test: test.map(number) };
  },
  score: (predictions, examples) =>
    right(
      predictions.map((value, index) => Math.abs(value - examples[index]!.target) < 0.25),
      examples.map(() => true),
    ),
  texts: ({ text }) => [text],
};

/** Where is the "z"? */
const span: SpanTask = {
  ...about,
  name: 'z-where',
  kind: 'span',
  long: 'cut',
  examples: () => {
    const all = counted(600).map((index) => {
      const passage = letters(index)
        .with(index % 8, 'z')
        .join(' ');
      const start = passage.indexOf('z');
      return { question: 'z', passage, start, end: start + 1, answers: ['z'] };
    });
    return { train: all.slice(90), test: all.slice(0, 90) };
  },
  score: (predictions, examples) =>
    right(
      predictions.map(({ text }) => text),
      examples.map(({ answers }) => answers[0]!),
    ),
  texts: ({ passage }) => [passage],
};

const settings: Settings = (() => {
  const tiny = tinySettings();
  const own = { ...tiny.finetune, examples: null, epochs: 1, batch: 32, rate: 1e-2 };
  return { ...tiny, model: { ...tiny.model, dropout: 0 }, finetune: own };
})();

const epochs = (count: number): Settings => ({ ...settings, finetune: { ...settings.finetune, epochs: count } });

function tune(task: Task, own: Settings = settings) {
  const events: CellEvent[] = [];
  const signal = new AbortController().signal;
  const cell = tinyCell(own);
  const run = { engine, cell, corpus: repetitiveCorpus, onEvent: (event: CellEvent) => events.push(event), signal };
  const shape = { ...targetShape(own), pool: { how: 'mean', window: 2 } } as const;
  const pretrained = { shape, state: initialState(shape, own.model.init, 1) };
  return { events, result: finetune(run, task, pretrained, [], noCheckpoints()) };
}

describe('fine-tuning learns what a glance decides', () => {
  test.each([classification, regression, span])('$kind', async (task) => {
    const { events, result } = tune(task, epochs(6));
    const { record, warnings } = await result;
    expect(record.metrics['right']).toBeGreaterThan(0.95);
    expect(record.version).toBe(3);
    expect(warnings).toEqual([]);
    expect(events.at(-1)).toEqual({ type: 'score', task: task.name, metrics: record.metrics });
  });
});

test('fine-tuning gives the same score and losses again, and leaves no tensors behind', async () => {
  const [first, before] = [tune(span), tf.memory().numTensors];
  const { record } = await first.result;
  expect(tf.memory().numTensors).toBe(before);
  const again = tune(span);
  expect((await again.result).record.metrics).toEqual(record.metrics);
  expect(again.events).toEqual(first.events);
});

test('answers that were cut off are told, not hidden', async () => {
  const own = { ...settings, finetune: { ...settings.finetune, length: 8 } };
  const { record, warnings } = await tune(span, own).result;
  // [CLS] z [SEP] four letters [SEP]: half of the answers are seen.
  expect(record.metrics['right']).toBeLessThan(0.55);
  expect(warnings).toEqual([
    'z-where: 256 of 510 training answers lie beyond the 8 tokens that are read',
    expect.stringMatching(/^z-where: 4\d of 90 test answers lie beyond the 8 tokens that are read$/),
  ]);
});

test('a passage that is too long is found in by windows', async () => {
  const long: SpanTask = {
    ...span,
    name: 'z-far',
    long: 'windows',
    examples: () => {
      const far = ({ passage, ...rest }: SpanExample, index: number): SpanExample => {
        const filler = `${letters(index).join(' ')} ${letters(index + 1).join(' ')} `;
        const at = filler.length + passage.indexOf('z');
        return { ...rest, passage: `${filler}${passage}`, start: at, end: at + 1 };
      };
      const { train, test } = span.examples(new Map());
      return { train: train.map(far), test: test.map(far) };
    },
  };
  // 24 letters, and room for 12 of them.
  const own = { ...settings, finetune: { ...settings.finetune, length: 16, epochs: 4 } };
  const { record, warnings } = await tune(long, own).result;
  expect(record.metrics['right']).toBeGreaterThan(0.9);
  expect(warnings).toEqual([]);
});

test('every rate is run with every seed; the first seed is the cell’s, and gives what it gives alone', async () => {
  const own = { examples: 64, rate: [1e-2, 1e-6], seeds: 2 };
  const { events, result } = tune(classification, {
    ...settings,
    finetune: { ...settings.finetune, overrides: { [classification.name]: own, other: { epochs: 9 } } },
  });
  const { record, warnings } = await result;
  const runs = record.runs!;
  expect(runs.map(({ rate }) => rate)).toEqual([1e-2, 1e-2, 1e-6, 1e-6]);
  expect(runs[0]!.seed).toBe(1);
  expect(runs.map(({ seed }) => seed)).toEqual([runs[0]!.seed, runs[1]!.seed, runs[0]!.seed, runs[1]!.seed]);
  expect(runs[1]!.seed).not.toBe(1);
  expect(warnings).toEqual([expect.stringContaining('was chosen on the examples that it is scored on')]);
  expect(Object.keys(record.spread!)).toEqual(['right']);
  const steps = events.flatMap((event) => (event.type === 'finetune' ? [[event.step, event.of]] : []));
  expect(steps).toEqual(counted(8).map((step) => [step + 1, 8]));
  const alone = await tune(classification, { ...settings, finetune: { ...settings.finetune, examples: 64 } }).result;
  expect(alone.record.metrics).toEqual(runs[0]!.metrics);
  expect(alone.record.runs).toBeUndefined();
});

test('a cell runs from its seed to its scores on the shipped tasks', async () => {
  const tasks = ['wordnet-topic', 'wordnet-span'];
  const small = { ...settings.finetune, tasks, examples: 64 };
  const schedule = [
    { share: 0.5, reductions: { depth: { operator: 'stack', settings: { layers: 1 } } } },
    { share: 0.5, reductions: {} },
  ];
  const cell = tinyCell({ ...settings, finetune: small, schedule });
  const signal = new AbortController().signal;
  const result = await runCell({ engine, cell, corpus: repetitiveCorpus, onEvent: () => undefined, signal });
  expect(result).toMatchObject({ status: 'done', steps: 40, corpus: { digest: 'repetitions', trainTokens: 20_000 } });
  expect(Object.keys(result.tasks)).toEqual(tasks);
  for (const { metrics } of Object.values(result.tasks)) {
    for (const value of Object.values(metrics)) expect(value >= 0 && value <= 1).toBe(true);
  }
  expect(JSON.parse(JSON.stringify(result))).toEqual(result);
});
