import type * as tf from '@tensorflow/tfjs-core';
import { DROPOUT_MASK } from '../kernels/names.ts';
import { runKernel } from './kernel.ts';

/**
 * A dropout mask of `shape`, float32: 0 with probability `rate` (0 <= rate < 1), else 1 / (1 - rate). It depends on
 * nothing but its arguments, so that every engine gives the same. `seed` is int32 [2]: [seed, step], fed; `site` tells
 * the places of one step apart. A constant to gradients: drop out by `mul(x, mask)`.
 */
export function dropoutMask(shape: readonly number[], seed: tf.Tensor1D, site: number, rate: number): tf.Tensor {
  return runKernel(DROPOUT_MASK, { seed }, { shape: [...shape], site, rate });
}
