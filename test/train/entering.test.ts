import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Engine } from '../../src/engine/engine.ts';
import { openWasm } from '../../src/engine/wasm.ts';
import { layerNorm } from '../../src/engine/ops/layer-norm.ts';
import { maskAt } from '../../src/growth/entering.ts';
import type { Stage } from '../../src/growth/schedule.ts';
import { growthAfter } from '../../src/growth/schedule.ts';
import { planStages } from '../../src/run/plan.ts';
import { targetShape, type Settings } from '../../src/run/spec.ts';
import { validationBatches } from '../../src/text/batches.ts';
import { applyRecipe } from '../../src/train/grow.ts';
import { freshParameter, initialState } from '../../src/train/init.ts';
import { batchFeeds, batchSize, maskedLmEvaluation, maskFeed } from '../../src/train/masked-batch.ts';
import { weightedNorm } from '../../src/train/masks.ts';
import { pretrain } from './whole-cell.ts';
import { scalarOutput } from '../../src/train/training-step.ts';
import { describeInstalled, installedEngine } from '../engine/tensorflow/installed.ts';
import { repetitiveCorpus, tinyCell, tinySettings } from './tiny.ts';

const SMALL = { 'msg-depth': { layers: 1 }, 'msg-ffn': { units: 12 }, 'msg-hidden': { hidden: 8, ffn: 12 } };
type Operator = keyof typeof SMALL;
const OPERATORS = Object.keys(SMALL) as Operator[];

const reduced = (operator: string, settings: Readonly<Record<string, number>>): Stage['reductions'] => ({
  [operator.includes('depth') || operator === 'random' ? 'depth' : 'width']: { operator, settings },
});

function settingsOf(norm: 'pre' | 'post', small: Stage['reductions']): Settings {
  const tiny = tinySettings();
  return {
    ...tiny,
    model: { ...tiny.model, norm },
    train: { ...tiny.train, steps: 20, evaluate: 2 },
    schedule: [
      { share: 0.5, reductions: small },
      { share: 0.5, reductions: {} },
    ],
  };
}

/** Losses on one batch: of the small model, of the grown one at masks of 0, 0.5 and 1, and of the plain one. */
async function lossesOn(engine: Engine, norm: 'pre' | 'post', operator: Operator): Promise<number[]> {
  const settings = settingsOf(norm, reduced(operator, { ...SMALL[operator], ramp: 5 }));
  const [before, after] = planStages(settings);
  const small = initialState(before!.shape, settings.model.init, 1);
  const fresh = freshParameter(settings.model.init, 1);
  const grown = applyRecipe(growthAfter(targetShape(settings), settings.schedule, 0), small, fresh);
  const size = batchSize(settings, after!.shape.length);
  const batch = validationBatches(repetitiveCorpus.validation, { ...size, vocab: settings.data.vocab, count: 1 })[0]!;
  const feeds = batchFeeds(batch, size);
  const one = await engine.compile({ loss: maskedLmEvaluation(before!.shape, settings) }, small);
  const functions = {
    masked: maskedLmEvaluation(after!.shape, settings, after!.entering),
    plain: maskedLmEvaluation(after!.shape, settings),
  };
  const other = await engine.compile(functions, grown);
  const losses = [scalarOutput(await one.run('loss', feeds), 'loss')];
  for (const mask of [0, 0.5, 1]) {
    losses.push(scalarOutput(await other.run('masked', { ...feeds, ...maskFeed(mask) }), 'loss'));
  }
  losses.push(scalarOutput(await other.run('plain', feeds), 'loss'));
  one.dispose();
  other.dispose();
  return losses;
}

function suite(open: () => Promise<Engine>, cases: readonly (readonly ['pre' | 'post', Operator])[]): void {
  let engine: Engine;
  beforeAll(async () => {
    engine = await open();
  }, 60_000);

  test.each(cases)('%s-norm, %s: the small model at a mask of 0, the grown one at 1', async (norm, operator) => {
    const [small, closed, half, open_, plain] = await lossesOn(engine, norm, operator);
    expect(Math.abs(closed! - small!)).toBeLessThan(1e-5);
    expect(Math.abs(open_! - plain!)).toBeLessThan(1e-5);
    expect(Math.abs(plain! - small!)).toBeGreaterThan(1e-3);
    expect(Math.abs(half! - small!)).toBeGreaterThan(1e-4);
    expect(Math.abs(half! - plain!)).toBeGreaterThan(1e-4);
  });
}

describe('what enters through masks', () => {
  suite(
    openWasm,
    (['pre', 'post'] as const).flatMap((norm) => OPERATORS.map((operator) => [norm, operator] as const)),
  );

  test('norms weigh units as if each were there as often as its weight says', async () => {
    await openWasm();
    const weighted = [1.5, -2, 0.25, 7, -3, 0.5];
    // Weights 1 and a half: those of weight 1 stand twice in a row that is normalised plainly.
    const repeated = [1.5, -2, 0.25, 7, 1.5, -2, 0.25, 7, -3, 0.5];
    tf.tidy(() => {
      const gain = tf.tensor1d([1, 2, 3, 4, 5, 6]);
      const bias = tf.tensor1d([0, 1, 0, 1, 0, 1]);
      const weights = tf.tensor1d([1, 1, 1, 1, 0.5, 0.5]);
      const got = weightedNorm(tf.tensor2d([weighted]), weights, gain, bias).dataSync();
      const plain = layerNorm(tf.tensor2d([repeated]), tf.ones([10]), tf.zeros([10])).dataSync();
      const want = [0, 1, 2, 3, 8, 9].map((place, unit) => plain[place]! * (unit + 1) + (unit % 2));
      for (const [unit, value] of want.entries()) expect(got[unit]).toBeCloseTo(value, 5);
    });
  });

  test('is let in evenly, and wholly with the last step of the ramp', () => {
    const entering = { from: targetShape(tinySettings()), ramp: 4 };
    expect([0, 1, 2, 3, 4, 99].map((step) => maskAt(entering, step))).toEqual([0.25, 0.5, 0.75, 1, 1, 1]);
  });

  test.each(OPERATORS)(
    '%s trains through its ramp: growth changes nothing, and the plain model goes on',
    async (operator) => {
      const settings = settingsOf('post', reduced(operator, { ...SMALL[operator], ramp: 5 }));
      const cell = tinyCell(settings);
      const { signal } = new AbortController();
      const engine = await openWasm();
      const before = tf.memory().numTensors;
      const { growths, loss, curve } = await pretrain({
        engine,
        cell,
        corpus: repetitiveCorpus,
        onEvent: () => undefined,
        signal,
      });
      expect(Math.abs(growths[0]!.after - growths[0]!.before)).toBeLessThan(1e-5);
      expect(loss).toBeLessThan(growths[0]!.before);
      expect(curve.at(-1)!.step).toBe(20);
      expect(tf.memory().numTensors).toBe(before);
    },
  );

  test('at once, in a ramp of one step, it is what is drawn without a mask', async () => {
    const engine = await openWasm();
    const numbers = async (operator: string, settings: Readonly<Record<string, number>>) => {
      const cell = tinyCell(settingsOf('post', reduced(operator, settings)));
      const { signal } = new AbortController();
      const { state, loss } = await pretrain({
        engine,
        cell,
        corpus: repetitiveCorpus,
        onEvent: () => undefined,
        signal,
      });
      return { state, loss };
    };
    const random = await numbers('random', { layers: 1 });
    expect(await numbers('msg-depth', { layers: 1, ramp: 1 })).toEqual(random);
    expect((await numbers('msg-depth', { layers: 1, ramp: 5 })).loss).not.toBe(random.loss);
  });
});

describeInstalled('what enters through masks, on TensorFlow', () => {
  suite(
    () => Promise.resolve(installedEngine()),
    [
      ['post', 'msg-hidden'],
      ['post', 'msg-depth'],
    ],
  );
});
