import * as tf from '@tensorflow/tfjs-core';
import { ADAMW, SQUARE_SUM } from '../kernels/names.ts';
import { hasKernel, runKernel, runKernels } from './kernel.ts';

/** Adam's state of one parameter, and its gradient; all of one shape. */
export interface AdamState {
  readonly weight: tf.Tensor;
  readonly first: tf.Tensor;
  readonly second: tf.Tensor;
}

export interface AdamConstants {
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
}

/**
 * One step of AdamW (Loshchilov & Hutter 2019, Algorithm 2), in PyTorch's form. `rates` is float32 [4]:
 * the factor that clips the gradient, rate / (1 - beta1^t), rate * weight decay, and 1 / (1 - beta2^t).
 */
export function adamw(state: AdamState, gradient: tf.Tensor, rates: tf.Tensor1D, constants: AdamConstants): AdamState {
  if (!hasKernel(ADAMW)) return composed(state, gradient, rates, constants);
  const attributes = { ...constants };
  const [weight, first, second] = runKernels(ADAMW, { ...state, gradient, rates }, attributes);
  return { weight: weight!, first: first!, second: second! };
}

function composed(state: AdamState, gradient: tf.Tensor, rates: tf.Tensor1D, constants: AdamConstants): AdamState {
  const { beta1, beta2, epsilon } = constants;
  const [clip, rate, decay, correction] = tf.unstack(rates) as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
  const clipped = tf.mul(gradient, clip);
  const first = tf.add(tf.mul(state.first, beta1), tf.mul(clipped, 1 - beta1));
  const second = tf.add(tf.mul(state.second, beta2), tf.mul(tf.square(clipped), 1 - beta2));
  const move = tf.div(first, tf.add(tf.sqrt(tf.mul(second, correction)), epsilon));
  const kept = tf.sub(state.weight, tf.mul(state.weight, decay));
  return { weight: tf.sub(kept, tf.mul(move, rate)), first, second };
}

/** The sum of the squares of a tensor's elements, a scalar. Not differentiable. */
export function squareSum(x: tf.Tensor): tf.Scalar {
  return hasKernel(SQUARE_SUM) ? (runKernel(SQUARE_SUM, { x }) as tf.Scalar) : tf.sum(tf.square(x));
}
