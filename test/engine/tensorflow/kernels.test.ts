import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { gelu, softmax } from '../../../src/engine/ops/activations.ts';
import { adamw, squareSum } from '../../../src/engine/ops/adamw.ts';
import { crossEntropy } from '../../../src/engine/ops/cross-entropy.ts';
import { dense } from '../../../src/engine/ops/dense.ts';
import { dropout, dropoutMask } from '../../../src/engine/ops/dropout.ts';
import { gatherRows } from '../../../src/engine/ops/gather.ts';
import { layerNorm } from '../../../src/engine/ops/layer-norm.ts';
import { expectClose, tensorOf } from '../backends.ts';
import { registerCpuKernels } from '../cpu-kernels.ts';
import { describeInstalled, installedEngine } from './installed.ts';

/** Value and gradients of a function of tensors, weighed differently at every element. */
function differentiate(inputs: tf.Tensor[], compute: (...inputs: tf.Tensor[]) => tf.Tensor): tf.Tensor[] {
  const weighed = (...tensors: tf.Tensor[]) => {
    const value = compute(...tensors);
    return tf.sum(tf.mul(value, tensorOf(value.shape, 99)));
  };
  return [compute(...inputs), ...tf.grads(weighed)(inputs)];
}

describeInstalled('kernels made of TensorFlow ops', () => {
  beforeAll(() => {
    installedEngine();
    registerCpuKernels();
    tf.enableProdMode();
  });

  async function on(backend: string, compute: () => tf.Tensor[]): Promise<number[][]> {
    await tf.setBackend(backend);
    const before = tf.memory().numTensors;
    const values = tf.tidy(() => compute().map((tensor) => [...tensor.dataSync()]));
    expect(tf.memory().numTensors).toBe(before);
    return values;
  }

  const cases: Readonly<Record<string, () => tf.Tensor[]>> = {
    gelu: () => differentiate([tensorOf([4, 5], 1, 4)], (x) => gelu(x)),
    softmax: () => differentiate([tensorOf([2, 3, 4], 2, 3)], (x) => softmax(x)),
    'layer norm': () =>
      differentiate([tensorOf([6, 8], 3), tensorOf([8], 4), tensorOf([8], 5)], (x, gain, bias) =>
        layerNorm(x, gain as tf.Tensor1D, bias as tf.Tensor1D),
      ),
    'layer norm of rank 3': () =>
      differentiate([tensorOf([2, 3, 8], 3), tensorOf([8], 4), tensorOf([8], 5)], (x, gain, bias) =>
        layerNorm(x, gain as tf.Tensor1D, bias as tf.Tensor1D),
      ),
    'cross entropy': () =>
      differentiate([tensorOf([4, 7], 6, 3)], (logits) =>
        crossEntropy(logits as tf.Tensor2D, tf.tensor1d([0, 6, 3, 3], 'int32')),
      ),
    'layer norm of rows that fill no vector': () =>
      differentiate([tensorOf([3, 37], 3), tensorOf([37], 4), tensorOf([37], 5)], (x, gain, bias) =>
        layerNorm(x, gain as tf.Tensor1D, bias as tf.Tensor1D),
      ),
    dropout: () => differentiate([tensorOf([3, 37], 16)], (x) => dropout(x, tf.tensor1d([4, 9], 'int32'), 5, 0.3)),
    'gelu far from 0': () => differentiate([tf.tensor1d([-40, -12, -6, -1e-3, 0, 1e-3, 6, 12, 40])], (x) => gelu(x)),
    'cross entropy of scores that are far apart': () =>
      differentiate([tf.tensor2d([0, -1e9, 40, 3, -1e9, -1e9], [2, 3])], (logits) =>
        crossEntropy(logits as tf.Tensor2D, tf.tensor1d([2, 0], 'int32')),
      ),
    dense: () =>
      differentiate([tensorOf([5, 3], 7), tensorOf([3, 4], 8), tensorOf([4], 9)], (x, kernel, bias) =>
        dense(x as tf.Tensor2D, kernel as tf.Tensor2D, bias as tf.Tensor1D),
      ),
    'matrix products': () =>
      differentiate([tensorOf([5, 3], 7), tensorOf([4, 3], 8)], (a, b) => tf.matMul(a, b, false, true)),
    'rows of a table': () =>
      differentiate([tensorOf([5, 3], 10)], (table) =>
        gatherRows(table as tf.Tensor2D, tf.tensor1d([4, 0, 4, 2], 'int32')),
      ),
    adamw: () => {
      const [weight, gradient, first] = [tensorOf([3, 4], 11), tensorOf([3, 4], 12), tensorOf([3, 4], 13)];
      const state = { weight, first, second: tf.square(tensorOf([3, 4], 14)) };
      const after = adamw(state, gradient, tf.tensor1d([0.7, 1e-2, 1e-3, 1.5]), {
        ...{ beta1: 0.9, beta2: 0.999, epsilon: 1e-6 },
      });
      return [after.weight, after.first, after.second];
    },
    'sum of squares': () => [squareSum(tensorOf([7, 3], 15))],
  };

  test.each(Object.keys(cases))('%s: value and gradients as on the CPU backend', async (name) => {
    const [got, wanted] = [await on('tensorflow', cases[name]!), await on('cpu', cases[name]!)];
    expect(got.length).toBe(wanted.length);
    for (const [i, values] of got.entries()) expectClose(values, wanted[i]!, 2e-5);
  });

  describe('dropout', () => {
    test.each([
      [0, 0, 0],
      [1, 2, 3],
      [-7, 123456, 38],
      [2 ** 31 - 1, 2 ** 31 - 1, 1],
    ])('drops the same elements as on the other backends: seed %i, step %i, site %i', async (seed, step, site) => {
      const mask = () => [dropoutMask([3, 5, 67], tf.tensor1d([seed, step], 'int32'), site, 0.1)];
      expect(await on('tensorflow', mask)).toEqual(await on('cpu', mask));
    });
  });
});
