import * as tf from '@tensorflow/tfjs-core';
import { GELU, GELU_GRAD, SOFTMAX_GRAD } from '../kernels/names.ts';
import { hasKernel, runKernel, withGradient } from './kernel.ts';

/**
 * x Φ(x), Φ the standard normal distribution function (Hendrycks & Gimpel 2016): by erf, not by its tanh
 * approximation. Any shape; to 1e-6 of the true value.
 */
export function gelu(x: tf.Tensor): tf.Tensor {
  if (!hasKernel(GELU)) return tf.mul(tf.mul(x, 0.5), tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1));
  return withGradient([x], () => ({
    value: runKernel(GELU, { x }),
    saved: [x],
    gradient: (dy, [input]) => [runKernel(GELU_GRAD, { x: input!, dy })],
  }));
}

/** Softmax over the last axis. Any shape of rank 1 or more. */
export function softmax(x: tf.Tensor): tf.Tensor {
  if (!hasKernel(SOFTMAX_GRAD)) return tf.softmax(x);
  return withGradient([x], () => {
    const y = tf.softmax(x);
    return { value: y, saved: [y], gradient: (dy, [output]) => [runKernel(SOFTMAX_GRAD, { y: output!, dy })] };
  });
}
