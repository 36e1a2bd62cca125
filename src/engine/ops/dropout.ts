import * as tf from '@tensorflow/tfjs-core';
import { DROPOUT, DROPOUT_MASK } from '../kernels/names.ts';
import { hasKernel, runKernel, withGradient } from './kernel.ts';

/**
 * A dropout mask of `shape`, float32: 0 with probability `rate` (0 <= rate < 1), else 1 / (1 - rate). It depends on
 * nothing but its arguments, so that every engine gives the same. `seed` is int32 [2]: [seed, step], fed; `site` tells
 * the places of one step apart. A constant to gradients: drop out by `mul(x, mask)`.
 */
export function dropoutMask(shape: readonly number[], seed: tf.Tensor1D, site: number, rate: number): tf.Tensor {
  return runKernel(DROPOUT_MASK, { seed }, { shape: [...shape], site, rate });
}

/** x, any shape, times `dropoutMask` of its shape. */
export function dropout<T extends tf.Tensor>(x: T, seed: tf.Tensor1D, site: number, rate: number): T {
  if (!hasKernel(DROPOUT)) return tf.mul(x, dropoutMask(x.shape, seed, site, rate));
  const masked = (of: tf.Tensor, by: tf.Tensor) => runKernel(DROPOUT, { x: of, seed: by }, { site, rate });
  const y = withGradient([x], () => ({
    value: masked(x, seed),
    saved: [seed],
    // The mask is made again rather than kept: it is as large as what it drops from.
    gradient: (dy, [by]) => [masked(dy, by!)],
  }));
  return y as T;
}
