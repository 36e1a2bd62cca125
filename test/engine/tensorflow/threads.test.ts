import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { gelu } from '../../../src/engine/ops/activations.ts';
import { crossEntropy } from '../../../src/engine/ops/cross-entropy.ts';
import { dense } from '../../../src/engine/ops/dense.ts';
import { layerNorm } from '../../../src/engine/ops/layer-norm.ts';
import { expectClose, tensorOf } from '../backends.ts';
import { registerCpuKernels } from '../cpu-kernels.ts';
import { describeInstalled, installedEngine } from './installed.ts';

// Large enough to be split over threads, in numbers that do not divide evenly.
const [ROWS, SIZE] = [139, 263];

describeInstalled('kernels split over three threads', () => {
  beforeAll(() => {
    installedEngine({ threads: 3 });
    registerCpuKernels();
    tf.enableProdMode();
  });

  const labels = () =>
    tf.tensor1d(
      Int32Array.from({ length: ROWS }, (_, row) => (row * 7) % SIZE),
      'int32',
    );
  const cases: Readonly<Record<string, (x: tf.Tensor) => tf.Tensor>> = {
    gelu: (x) => gelu(x),
    'layer norm': (x) => layerNorm(x, tensorOf([SIZE], 2) as tf.Tensor1D, tensorOf([SIZE], 3) as tf.Tensor1D),
    'cross entropy': (x) => crossEntropy(x as tf.Tensor2D, labels()),
    dense: (x) => dense(x as tf.Tensor2D, tensorOf([SIZE, 8], 4, 0.1) as tf.Tensor2D, tensorOf([8], 5) as tf.Tensor1D),
  };

  async function gradientsOn(backend: string, compute: (x: tf.Tensor) => tf.Tensor): Promise<number[][]> {
    await tf.setBackend(backend);
    return tf.tidy(() => {
      const x = tensorOf([ROWS, SIZE], 1, 3);
      const { value, grad } = tf.valueAndGrad((input: tf.Tensor) => tf.mean(compute(input)))(x);
      return [[...value.dataSync()], [...tf.mul(grad, x.size).dataSync()]];
    });
  }

  test.each(Object.keys(cases))('%s: as on the CPU backend, and the same bits again', async (name) => {
    const [got, wanted] = [await gradientsOn('tensorflow', cases[name]!), await gradientsOn('cpu', cases[name]!)];
    for (const [i, values] of got.entries()) expectClose(values, wanted[i]!, 1e-4);
    expect(await gradientsOn('tensorflow', cases[name]!)).toEqual(got);
  });
});
