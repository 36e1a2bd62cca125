import * as tf from '@tensorflow/tfjs-core';
import { LAYER_NORM, LAYER_NORM_GRAD } from '../kernels/names.ts';
import { hasKernel, runKernels, withGradient } from './kernel.ts';

/**
 * Layer normalisation over the last axis (Ba et al. 2016), with gain and bias of that axis' size:
 * (x - mean) / sqrt(variance + epsilon) * gain + bias, the variance that of the population.
 */
export function layerNorm(x: tf.Tensor, gain: tf.Tensor1D, bias: tf.Tensor1D, epsilon = 1e-12): tf.Tensor {
  if (!hasKernel(LAYER_NORM)) return composed(x, gain, bias, epsilon);
  return withGradient([x, gain, bias], () => {
    const [y, normal, inverse] = runKernels(LAYER_NORM, { x, gain, bias }, { epsilon });
    return {
      value: y!,
      saved: [normal!, inverse!, gain],
      gradient: (dy, saved) =>
        runKernels(LAYER_NORM_GRAD, { dy, normal: saved[0]!, inverse: saved[1]!, gain: saved[2]! }),
    };
  });
}

function composed(x: tf.Tensor, gain: tf.Tensor, bias: tf.Tensor, epsilon: number): tf.Tensor {
  const centred = tf.sub(x, tf.mean(x, -1, true));
  const variance = tf.mean(tf.square(centred), -1, true);
  return tf.add(tf.mul(tf.mul(centred, tf.rsqrt(tf.add(variance, epsilon))), gain), bias);
}
