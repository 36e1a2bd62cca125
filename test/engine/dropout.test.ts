import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { dropoutMask } from '../../src/engine/ops/dropout.ts';
import { evaluate, openBackends } from './backends.ts';

beforeAll(openBackends);

const COUNT = 100_000;

async function mask(seed: number, step: number, site: number, rate = 0.1, shape = [COUNT]): Promise<number[]> {
  const [values] = await evaluate('wasm', () => [dropoutMask(shape, tf.tensor1d([seed, step], 'int32'), site, rate)]);
  return values!;
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Pearson's correlation. */
function correlation(a: readonly number[], b: readonly number[]): number {
  const [meanA, meanB] = [mean(a), mean(b)];
  const product = mean(a.map((value, i) => (value - meanA) * (b[i]! - meanB)));
  const spread = (values: readonly number[], centre: number) => Math.sqrt(mean(values.map((x) => (x - centre) ** 2)));
  return product / (spread(a, meanA) * spread(b, meanB));
}

/** Five standard deviations of the correlation of independent draws. */
const NONE = 5 / Math.sqrt(COUNT);

describe('a dropout mask', () => {
  it.each([0.05, 0.1, 0.5, 0.9])('drops a share of %d and scales the rest, so that the mean stays 1', async (rate) => {
    const values = await mask(3, 7, 1, rate);
    const dropped = values.filter((value) => value === 0).length / COUNT;
    expect(Math.abs(dropped - rate)).toBeLessThan(5 * Math.sqrt((rate * (1 - rate)) / COUNT));
    expect(new Set(values)).toEqual(new Set([0, Math.fround(1 / (1 - rate))]));
  });

  it('drops nothing at rate 0', async () => {
    expect(new Set(await mask(3, 7, 1, 0))).toEqual(new Set([1]));
  });

  it('is the same for the same seed, step and site, and its shape only folds it', async () => {
    const flat = await mask(3, 7, 1, 0.1, [60]);
    expect(await mask(3, 7, 1, 0.1, [3, 4, 5])).toEqual(flat);
    expect(flat).toContain(0);
  });

  it.each([
    ['the next step', 3, 8, 1],
    ['the next seed', 4, 7, 1],
    ['the next site', 3, 7, 2],
    ['seed and step exchanged', 7, 3, 1],
    ['step and site exchanged', 3, 1, 7],
    ['a negative seed', -3, 7, 1],
  ])('is independent of that of %s', async (_, seed, step, site) => {
    expect(Math.abs(correlation(await mask(3, 7, 1), await mask(seed, step, site)))).toBeLessThan(NONE);
  });

  it.each([1, 2, 3, 4, 16, 32, 64, 128, 256, 1024])('is independent of itself %d elements on', async (lag) => {
    const values = await mask(3, 7, 1);
    expect(Math.abs(correlation(values.slice(lag), values.slice(0, -lag)))).toBeLessThan(NONE * 1.1);
  });

  it('differs between all of 100 steps and 20 sites', async () => {
    const masks = new Set<string>();
    for (let step = 0; step < 100; step++) {
      for (let site = 0; site < 20; site++) masks.add((await mask(1, step, site, 0.5, [128])).join());
    }
    expect(masks.size).toBe(2000);
  });

  it('over the steps, drops every element equally often', async () => {
    const steps = 2000;
    const drops = new Array<number>(64).fill(0);
    for (let step = 0; step < steps; step++) {
      for (const [i, value] of (await mask(9, step, 4, 0.5, [64])).entries()) drops[i]! += value === 0 ? 1 : 0;
    }
    const deviation = Math.sqrt(steps / 4);
    for (const count of drops) expect(Math.abs(count - steps / 2)).toBeLessThan(4.5 * deviation);
  });

  it('is a constant to gradients', async () => {
    const [values, gradients] = await evaluate('wasm', () => {
      const drop = (x: tf.Tensor) => tf.mul(x, dropoutMask([50], tf.tensor1d([1, 1], 'int32'), 1, 0.5));
      return [drop(tf.ones([50])), tf.grad(drop)(tf.fill([50], 3))];
    });
    expect(gradients).toEqual(values);
  });
});
