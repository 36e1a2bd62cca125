import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { UNREDUCED, type ModelShape } from '../../src/growth/layout.ts';
import { attend } from '../../src/train/attention.ts';
import type { Dropout } from '../../src/train/dropout.ts';
import { encode } from '../../src/train/encoder.ts';
import { initialState } from '../../src/train/init.ts';
import { openTestEngine } from '../engine/engines.ts';
import { toTensors } from './to-tensors.ts';

beforeAll(async () => {
  await openTestEngine();
});
let before = 0;
beforeEach(() => {
  before = tf.memory().numTensors;
});
afterEach(() => {
  expect(tf.memory().numTensors, 'leaked tensors').toBe(before);
});

const post: ModelShape = {
  ...{ layers: 2, hidden: 8, heads: 2, ffn: 16, vocab: 30, positions: 10, length: 8 },
  ...{ norm: 'post', ...UNREDUCED },
};
const shapes: readonly (readonly [string, ModelShape])[] = [
  ['post-norm', post],
  ['pre-norm', { ...post, norm: 'pre' }],
  ['pooled', { ...post, pool: { how: 'mean', window: 3 } }],
  ['max-pooled', { ...post, pool: { how: 'max', window: 3 } }],
  ['concat-pooled', { ...post, pool: { how: 'concat', window: 3 } }],
  ['score-sharing', { ...post, norm: 'pre', scoreGroup: 2 }],
  ['factorized', { ...post, ffnRank: 3 }],
];

interface Sentence {
  readonly ids: readonly number[];
  readonly mask: readonly number[] | null;
}

/** The encoder's rows for one sequence whose tokens 2 and 5 are masked. */
function rowsOf(
  shape: ModelShape,
  { ids, mask }: Sentence,
  dropout: { rate: number; step: number } | null,
): Float32Array {
  return tf.tidy(() => {
    const state = toTensors(initialState(shape, { std: 0.3, positions: 'random' }, 4));
    const input = {
      ...{ batch: 1, length: ids.length, segments: null },
      ids: tf.tensor1d([...ids], 'int32'),
      mask: mask === null ? null : tf.tensor1d([...mask], 'int32'),
      masking: { masked: tf.tensor1d([2, 5], 'int32'), visible: tf.tensor1d([0, 1, 3, 4, 6, 7], 'int32') },
    };
    const fed: Dropout | null =
      dropout === null ? null : { rate: dropout.rate, seed: tf.tensor1d([1, dropout.step], 'int32') };
    return encode(state, shape, input, fed).rows.dataSync() as Float32Array;
  });
}

const sentence = [2, 11, 4, 13, 14, 4, 16, 3];
const whole = { ids: sentence, mask: null };

describe.each(shapes)('a %s encoder', (_, shape) => {
  test('does not see padding, whatever stands there', () => {
    const mask = [1, 1, 1, 1, 1, 1, 0, 0];
    const rows = rowsOf(shape, { ids: sentence, mask }, null);
    const others = rowsOf(shape, { ids: sentence.with(6, 21).with(7, 22), mask }, null);
    // The row of [CLS] and those of the masked tokens; rows of padding itself may differ.
    const last = rows.length / 8 - 1;
    const read = shape.pool === null ? [0, 2, 5] : [0, last - 1, last];
    for (const row of read) expect(others.slice(8 * row, 8 * row + 8)).toEqual(rows.slice(8 * row, 8 * row + 8));
    expect(rowsOf(shape, { ids: sentence.with(6, 21), mask: null }, null)).not.toEqual(rowsOf(shape, whole, null));
  });

  test('computes the same with a mask of ones as with none', () => {
    const masked = rowsOf(shape, { ids: sentence, mask: [1, 1, 1, 1, 1, 1, 1, 1] }, null);
    const unmasked = rowsOf(shape, whole, null);
    expect(Math.max(...masked.map((value, index) => Math.abs(value - unmasked[index]!)))).toBeLessThan(1e-6);
  });

  test('drops out by step number, the same each time', () => {
    const first = rowsOf(shape, whole, { rate: 0.2, step: 1 });
    expect(rowsOf(shape, whole, { rate: 0.2, step: 1 })).toEqual(first);
    expect(rowsOf(shape, whole, { rate: 0.2, step: 2 })).not.toEqual(first);
    expect(rowsOf(shape, whole, { rate: 0, step: 1 })).toEqual(rowsOf(shape, whole, null));
  });

  test('knows the order of its tokens', () => {
    expect(rowsOf(shape, { ids: sentence.with(1, 13).with(3, 11), mask: null }, null)).not.toEqual(
      rowsOf(shape, whole, null),
    );
  });
});

test.each([
  // [CLS], the 5 other visible tokens in windows of 3 and 2, and 2 masked ones.
  ['mean', 1 + 2 + 2],
  ['max', 1 + 2 + 2],
  // All 6 visible tokens in windows of 3, and 2 masked ones.
  ['concat', 2 + 2],
] as const)('a %s-pooled encoder gives the windows and the masked tokens, %i in all', (how, tokens) => {
  expect(rowsOf({ ...post, pool: { how, window: 3 } }, whole, null)).toHaveLength(tokens * 8);
});

test('layers with the same weights and the same attention drop out of it each by itself', () => {
  tf.tidy(() => {
    const weights = toTensors(initialState(post, { std: 0.3, positions: 'random' }, 4));
    const like = (leaf: string) => ({ [`layer_1/${leaf}`]: weights[`layer_0/${leaf}`]! });
    const state = { ...weights, ...like('value/kernel'), ...like('attention_output/kernel') };
    const inputs = {
      probabilities: tf.fill<tf.Rank.R4>([1, 2, 8, 8], 1 / 8),
      values: { rows: tf.slice(weights['embedding/tokens'] as tf.Tensor2D, [0, 0], [8, 8]), tokens: 8 },
    };
    const rows = (layer: number, dropout: Dropout | null) => attend(state, post, layer, inputs, dropout).dataSync();
    const dropout: Dropout = { rate: 0.5, seed: tf.tensor1d([1, 1], 'int32') };
    expect(rows(1, null)).toEqual(rows(0, null));
    expect(rows(1, dropout)).not.toEqual(rows(0, dropout));
  });
});
