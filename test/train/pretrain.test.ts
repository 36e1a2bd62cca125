import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Engine } from '../../src/engine/engine.ts';
import type { Stage } from '../../src/growth/schedule.ts';
import { planStages } from '../../src/run/plan.ts';
import type { CellEvent } from '../../src/run/record.ts';
import type { Settings } from '../../src/run/spec.ts';
import { pretrain, type Pretrained } from './whole-cell.ts';
import { repetitiveCorpus, tinyCell, tinySettings } from './tiny.ts';
import { openTestEngine } from '../engine/engines.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await openTestEngine();
});

const small: Stage['reductions'] = {
  depth: { operator: 'stack', settings: { layers: 1 } },
  width: { operator: 'ffn-share', settings: { factor: 2 } },
  length: { operator: 'mean-pool', settings: { window: 2 } },
};
const grownOnce = (reductions: Stage['reductions']): Stage[] => [
  { share: 0.5, reductions },
  { share: 0.5, reductions: {} },
];

interface Options {
  readonly seed?: number;
  readonly signal?: AbortSignal;
  readonly onEvent?: (event: CellEvent) => void;
}

function run(settings: Settings, options: Options = {}) {
  const events: CellEvent[] = [];
  const { seed = 1, signal = new AbortController().signal } = options;
  const cell = tinyCell(settings, seed);
  const onEvent = (event: CellEvent) => {
    events.push(event);
    options.onEvent?.(event);
  };
  return { events, result: pretrain({ engine, cell, corpus: repetitiveCorpus, onEvent, signal }) };
}

const byName = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]) => (a < b ? -1 : 1);

/** All that a run computes, apart from the time it took. */
const numbers = ({ loss, flops, growths, curve, state }: Pretrained) => ({
  ...{ loss, flops, growths },
  curve: curve.map((point) => point.loss),
  state: [...state!].map(([name, { values }]) => [name, Array.from(values)] as const).sort(byName),
});

describe('pre-training through a compound growth', () => {
  const settings = { ...tinySettings(), schedule: grownOnce(small) };

  test('learns more than which tokens there are', async () => {
    const { status, loss } = await run({ ...settings, train: { ...settings.train, steps: 100, evaluate: 100 } }).result;
    expect(status).toBe('done');
    // Knowing the 20 tokens that occur, and nothing of their neighbours, leaves ln 20 nats.
    expect(loss).toBeLessThan(Math.log(20) - 0.5);
  });

  test('counts its FLOPs as planned, and tells what it does', async () => {
    const { events, result } = run(settings);
    const { steps, flops, stages, growths, curve } = await result;
    expect(steps).toBe(40);
    expect(stages.map(({ shape, flops: own }) => [shape, own])).toEqual(
      planStages(settings).map(({ shape, flops: own }) => [shape, own]),
    );
    expect(flops).toBe(planStages(settings).reduce((sum, stage) => sum + stage.flops, 0));
    expect(growths).toHaveLength(1);
    expect(growths[0]).toMatchObject({ afterStage: 0, step: 20 });
    expect(growths[0]!.before).not.toBe(growths[0]!.after);
    expect(curve.map(({ step }) => step)).toEqual([10, 20, 30, 40]);
    expect(curve.at(-1)!.flops).toBe(flops);
    expect(new Set(events.map(({ type }) => type))).toEqual(new Set(['stage', 'step', 'evaluate', 'grow']));
  });

  test('gives the same numbers again, others with another seed, and leaves no tensors behind', async () => {
    const first = numbers(await run(settings).result);
    const before = tf.memory().numTensors;
    expect(numbers(await run(settings).result)).toEqual(first);
    expect(tf.memory().numTensors).toBe(before);
    expect(numbers(await run(settings, { seed: 2 }).result).loss).not.toBe(first.loss);
  });
});

test('a growth that changes nothing, with moments and rate carried on, changes no number', async () => {
  const tiny = tinySettings();
  const halves = { ...tiny, schedule: grownOnce({}) };
  const state = async (optimizer: 'carry' | 'reset', settings: Settings) =>
    numbers(await run({ ...settings, growth: { optimizer, rate: 'continue' } }).result).state;
  const once = await state('carry', tiny);
  expect(await state('carry', halves)).toEqual(once);
  expect(await state('reset', halves)).not.toEqual(once);
});

test('every stage is compiled as the cell says, for the steps that it has', async () => {
  const seen: unknown[] = [];
  const noting: Engine = {
    ...engine,
    compile: (functions, state, options) => {
      seen.push(options);
      // Whatever is asked for: the embedded engine would refuse it.
      return engine.compile(functions, state);
    },
  };
  const tiny = tinySettings();
  const settings = { ...tiny, train: { ...tiny.train, precision: 'bf16' as const }, schedule: grownOnce({}) };
  const cell = { ...tinyCell(settings), engine: { name: 'tensorflow', xla: 'on' } as const };
  const signal = new AbortController().signal;
  await pretrain({ engine: noting, cell, corpus: repetitiveCorpus, onEvent: () => undefined, signal });
  expect(seen).toEqual(Array.from({ length: 2 }, () => ({ precision: 'bf16', xla: 'on' })));
});

test('growth that keeps the function leaves the loss where it was', async () => {
  const { growths } = await run({ ...tinySettings(), schedule: grownOnce({ width: small.width! }) }).result;
  expect(growths[0]!.after).toBeCloseTo(growths[0]!.before, 5);
});

test('the units that differ are counted before and after growth and at the end: without dropout copies stay copies', async () => {
  const tiny = tinySettings();
  const settings = { ...tiny, model: { ...tiny.model, dropout: 0 }, schedule: grownOnce({ width: small.width! }) };
  const { growths, width } = await run(settings).result;
  const shared = { ffn: 16, hidden: 16 };
  expect(growths[0]!.width).toEqual({ before: shared, after: shared });
  expect(width).toEqual(shared);
  const wider = grownOnce({ width: { operator: 'width-random', settings: { hidden: 8, ffn: 0 } } });
  const drawn = await run({ ...tiny, schedule: wider }).result;
  const whole = { ffn: 32, hidden: 16 };
  expect(drawn.growths[0]!.width).toEqual({ before: { ffn: 16, hidden: 8 }, after: whole });
  expect(drawn.width).toEqual(whole);
});

test('a model trained on short sequences is measured on short ones at growth, and on long ones at the end', async () => {
  const length = { operator: 'truncate', settings: { length: 8 } };
  const { growths, stages, loss } = await run({ ...tinySettings(), schedule: grownOnce({ length }) }).result;
  expect(stages.map(({ shape }) => shape.length)).toEqual([8, 16]);
  // What a short sequence is taken for depends on no position beyond it.
  expect(growths[0]!.after).toBe(growths[0]!.before);
  expect(loss).not.toBeNull();
});

test('a model that is never grown is measured at full length in its own form', async () => {
  const schedule = [{ share: 1, reductions: { length: { operator: 'truncate', settings: { length: 8 } } } }];
  const { status, loss, curve } = await run({ ...tinySettings(), schedule }).result;
  expect(status).toBe('done');
  expect(loss).not.toBe(curve.at(-1)!.loss);
});

test('a run whose loss diverges ends there, without a loss', async () => {
  const settings = tinySettings();
  const { train, growth, ...rest } = settings;
  const wild: Settings = { ...rest, growth, train: { ...train, rate: 1e6, warmup: 0, clip: 1e9 } };
  const { status, loss, steps, state, width } = await run(wild).result;
  expect({ status, loss, state, width }).toEqual({ status: 'diverged', loss: null, state: null, width: null });
  expect(steps).toBeLessThan(40);
});

test('a stopped run rejects with the reason before its next step, and leaves no tensors behind', async () => {
  const stop = new AbortController();
  const before = tf.memory().numTensors;
  const { events, result } = run(tinySettings(), {
    signal: stop.signal,
    onEvent: (event) => {
      if (event.type === 'step' && event.step === 3) stop.abort(new Error('enough'));
    },
  });
  await expect(result).rejects.toThrow('enough');
  expect(events.at(-1)).toMatchObject({ type: 'step', step: 3 });
  expect(tf.memory().numTensors).toBe(before);
});
