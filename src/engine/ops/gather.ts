import * as tf from '@tensorflow/tfjs-core';
import { withGradient } from './kernel.ts';

/** Rows `ids` of a table [rows, size], as [ids, size]; the gradient adds each row's dy up. ids int32, all in range. */
export function gatherRows(table: tf.Tensor2D, ids: tf.Tensor1D): tf.Tensor2D {
  const rows = table.shape[0];
  const gathered = withGradient([table], () => ({
    value: tf.gather(table, ids),
    saved: [ids],
    gradient: (dy, [index]) => [tf.unsortedSegmentSum(dy, index as tf.Tensor1D, rows)],
  }));
  return gathered as tf.Tensor2D;
}
