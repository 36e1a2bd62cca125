import * as tf from '@tensorflow/tfjs-core';
import { COLUMN_SUM, DENSE } from '../kernels/names.ts';
import { hasKernel, runKernel, withGradient } from './kernel.ts';

/** x · kernel + bias, in one pass: x [rows, inputs], kernel [inputs, outputs], bias [outputs]; gives [rows, outputs]. */
export function dense(x: tf.Tensor2D, kernel: tf.Tensor2D, bias: tf.Tensor1D): tf.Tensor2D {
  if (!hasKernel(DENSE)) return tf.add(tf.matMul(x, kernel), bias);
  const y = withGradient([x, kernel, bias], () => ({
    value: runKernel(DENSE, { x, kernel, bias }),
    saved: [x, kernel],
    gradient: (dy, saved) => [
      tf.matMul(dy, saved[1]!, false, true),
      tf.matMul(saved[0]!, dy, true, false),
      hasKernel(COLUMN_SUM) ? runKernel(COLUMN_SUM, { x: dy }) : tf.sum(dy, 0),
    ],
  }));
  return y as tf.Tensor2D;
}
