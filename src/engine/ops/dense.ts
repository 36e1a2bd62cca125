import * as tf from '@tensorflow/tfjs-core';
import { DENSE } from '../kernels/names.ts';
import { hasKernel, runKernel } from './kernel.ts';

/** x · kernel + bias, in one pass: x [rows, inputs], kernel [inputs, outputs], bias [outputs]; gives [rows, outputs]. */
export function dense(x: tf.Tensor2D, kernel: tf.Tensor2D, bias: tf.Tensor1D): tf.Tensor2D {
  if (!hasKernel(DENSE)) return tf.add(tf.matMul(x, kernel), bias);
  return runKernel(DENSE, { x, kernel, bias }) as tf.Tensor2D;
}
