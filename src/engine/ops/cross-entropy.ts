import * as tf from '@tensorflow/tfjs-core';
import { CROSS_ENTROPY, CROSS_ENTROPY_GRAD } from '../kernels/names.ts';
import { hasKernel, runKernel, runKernels, withGradient } from './kernel.ts';

/**
 * -log softmax(logits)[label] of each of n rows, in nats. logits [n, classes], labels int32 [n]; gives [n].
 * On the WebAssembly engine a label that is no class throws a RangeError.
 */
export function crossEntropy(logits: tf.Tensor2D, labels: tf.Tensor1D): tf.Tensor1D {
  const loss = hasKernel(CROSS_ENTROPY) ? fused(logits, labels) : composed(logits, labels);
  return loss as tf.Tensor1D;
}

function fused(logits: tf.Tensor2D, labels: tf.Tensor1D): tf.Tensor {
  return withGradient([logits], () => {
    const [value, y] = runKernels(CROSS_ENTROPY, { logits, labels });
    return {
      value: value!,
      saved: [y!, labels],
      gradient: (dy, saved) => [runKernel(CROSS_ENTROPY_GRAD, { y: saved[0]!, labels: saved[1]!, dy })],
    };
  });
}

function composed(logits: tf.Tensor2D, labels: tf.Tensor1D): tf.Tensor {
  const oneHot = tf.cast(tf.oneHot(labels, logits.shape[1]), 'float32');
  return tf.neg(tf.sum(tf.mul(oneHot, tf.logSoftmax(logits)), -1));
}
