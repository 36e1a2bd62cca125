import * as tf from '@tensorflow/tfjs-core';

/** Two for every multiply-add of the kernels that multiply matrices, as tfjs reports them. */
export async function countFlops(run: () => tf.Tensor): Promise<number> {
  const profile = await tf.profile(() => tf.tidy(run));
  tf.dispose(profile.result);
  return (
    profile.kernels
      .filter(({ name }) => /matmul|dense/i.test(name))
      // [rows, inner] times [inner, columns], batched or transposed: the left factor's size times the columns.
      .map(({ inputShapes, outputShapes }) => 2 * inputShapes[0]!.reduce((a, b) => a * b, 1) * outputShapes[0]!.at(-1)!)
      .reduce((a, b) => a + b, 0)
  );
}
