import * as tf from '@tensorflow/tfjs-core';
import type { HostTensors } from '../../src/engine/engine.ts';
import { UNREDUCED, type ModelShape } from '../../src/growth/layout.ts';
import { encode, type EncoderInput } from '../../src/train/encoder.ts';
import { freshParameter, initialState } from '../../src/train/init.ts';
import { visibleRows } from '../../src/train/masked-batch.ts';
import { maskedLmLogits } from '../../src/train/masked-lm.ts';
import { nextSentenceLogits } from '../../src/train/next-sentence.ts';
import { toTensors } from '../train/to-tensors.ts';

export const bertOf = (change: Partial<ModelShape>): ModelShape => ({
  ...{ layers: 2, hidden: 8, heads: 2, ffn: 16, vocab: 20, positions: 8, length: 8, norm: 'post' },
  ...UNREDUCED,
  ...change,
});

/** Large enough for a wrong growth to show, small enough for attention not to saturate. */
export const fresh = freshParameter({ std: 0.4, positions: 'random' }, 5);

/** A model that looks trained: biases are not 0 and gains not 1. */
export function trainedLike(shape: ModelShape): HostTensors {
  const drawn = initialState(shape, { std: 0.4, positions: 'random' }, 3);
  return new Map(
    [...drawn].map(([name, { shape: size, values }]) => {
      const noise = fresh('kernel', `noise of ${name}`, size);
      return [name, { shape: size, values: values.map((value, index) => value + 0.3 * noise[index]!) }];
    }),
  );
}

/** One sequence of 8 tokens, two of them masked. */
function input(): EncoderInput {
  const masked = Int32Array.of(2, 5);
  return {
    ...{ batch: 1, length: 8, segments: null, mask: null },
    ids: tf.tensor1d([2, 11, 4, 13, 14, 4, 16, 3], 'int32'),
    masking: { masked: tf.tensor1d(masked, 'int32'), visible: tf.tensor1d(visibleRows(masked, 8), 'int32') },
  };
}

/** Logits of the masked tokens. */
export const logitsOf = (parameters: HostTensors, shape: ModelShape): Float32Array =>
  tf.tidy(() => maskedLmLogits(toTensors(parameters), shape, input(), null).dataSync() as Float32Array);

/** Logits of the next-sentence head. */
export const pairLogitsOf = (parameters: HostTensors, shape: ModelShape): Float32Array =>
  tf.tidy(() => {
    const state = toTensors(parameters);
    return nextSentenceLogits(state, shape, encode(state, shape, input(), null)).dataSync() as Float32Array;
  });

/** The encoder's output, row by row. */
export const rowsOf = (parameters: HostTensors, shape: ModelShape): number[][] =>
  tf.tidy(() => encode(toTensors(parameters), shape, input(), null).rows.arraySync());

export const largestDifference = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Math.max(...Array.from(a, (value, index) => Math.abs(value - b[index]!)));
