import type * as tf from '@tensorflow/tfjs-core';
import type { Tensors } from '../engine/engine.ts';
import { dense as product } from '../engine/ops/dense.ts';
import { layerNorm } from '../engine/ops/layer-norm.ts';
import { HIDDEN_WEIGHTS, weightedNorm } from './masks.ts';

/** The tensor called `name`. Throws where there is none: a bug, since names come from one layout table. */
export function parameter(state: Tensors, name: string): tf.Tensor {
  const tensor = state[name];
  if (tensor === undefined) throw new Error(`there is no parameter called ${name}`);
  return tensor;
}

/** A kernel or a table, both of rank 2. Throws like `parameter`. */
export const matrix = (state: Tensors, name: string): tf.Tensor2D => parameter(state, name) as tf.Tensor2D;

/** A bias or a gain, both of rank 1. Throws like `parameter`. */
export const vector = (state: Tensors, name: string): tf.Tensor1D => parameter(state, name) as tf.Tensor1D;

/** x W + b with the kernel and bias of `name`. x [rows, inputs]; gives [rows, outputs]. */
export function dense(state: Tensors, name: string, x: tf.Tensor2D): tf.Tensor2D {
  return product(x, matrix(state, `${name}/kernel`), vector(state, `${name}/bias`));
}

/**
 * Layer normalisation with the gain and bias of `name`, weighted where new hidden units enter. x [rows, hidden]; gives
 * the same shape.
 */
export function norm(state: Tensors, name: string, x: tf.Tensor2D): tf.Tensor2D {
  const [gain, bias, weights] = [vector(state, `${name}/gain`), vector(state, `${name}/bias`), state[HIDDEN_WEIGHTS]];
  return weights === undefined ? (layerNorm(x, gain, bias) as tf.Tensor2D) : weightedNorm(x, weights, gain, bias);
}
