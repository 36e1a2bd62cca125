import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { gelu, softmax } from '../../src/engine/ops/activations.ts';
import { crossEntropy } from '../../src/engine/ops/cross-entropy.ts';
import { layerNorm } from '../../src/engine/ops/layer-norm.ts';
import { evaluate, expectClose, openBackends } from './backends.ts';

beforeAll(openBackends);

/** x, x Φ(x) and its derivative, from Python's math.erf in double precision. */
const GELU = [
  [-6, -5.91952586948e-9, -3.5468709454e-8],
  [-4, -0.000126684967332, -0.000503649661226],
  [-3, -0.00404969409489, -0.0119456472042],
  [-2.5, -0.0155241633144, -0.0376110859081],
  [-1.5, -0.100210801903, -0.12746919223],
  [-1, -0.158655253931, -0.0833154705877],
  [-0.5, -0.154268769363, 0.132504875344],
  [-0.1, -0.0460172162723, 0.420476907975],
  [0, 0, 0.5],
  [0.001, 0.000500398942214, 0.500797884295],
  [0.3, 0.185373426657, 0.732327766827],
  [0.75, 0.580029485717, 0.999225721739],
  [1, 0.841344746069, 1.08331547059],
  [2, 1.9544997361, 1.08523180108],
  [3.5, 3.49918579822, 1.00282176035],
  [5, 4.99999856674, 1.00000714695],
] as const;

const column = (index: 0 | 1 | 2) => GELU.map((row) => row[index]);

describe.each(['wasm', 'cpu'] as const)('on the %s backend', (backend) => {
  it('GELU and its gradient are those of erf, to 1e-6', async () => {
    const [values, gradients] = await evaluate(backend, () => {
      const x = tf.tensor1d(column(0));
      return [gelu(x), tf.grad(gelu)(x)];
    });
    expectClose(values!, column(1), 1e-6);
    expectClose(gradients!, column(2), 1e-6);
  });

  it('GELU stays finite far out', async () => {
    const [values, gradients] = await evaluate(backend, () => {
      const x = tf.tensor1d([-1e4, -100, 100, 1e4, 1e19]);
      return [gelu(x), tf.grad(gelu)(x)];
    });
    expectClose(values!, [0, 0, 100, 1e4, 1e19], 1e-6);
    expectClose(gradients!, [0, 0, 1, 1, 1], 1e-6);
  });

  it('softmax of logits that overflow e^x is right: e^-1 : e^0', async () => {
    const [values] = await evaluate(backend, () => [
      softmax(tf.tensor1d([-1000, -1000, -1000, -1000, -1000, 999, 1000])),
    ]);
    expectClose(values!, [0, 0, 0, 0, 0, Math.exp(-1) / (1 + Math.exp(-1)), 1 / (1 + Math.exp(-1))], 1e-6);
  });

  it('a masked logit of -1e9 gets no weight, and no gradient', async () => {
    const [values, gradients] = await evaluate(backend, () => {
      const x = tf.tensor2d([[0, -1e9, 0, 0, 0]]);
      const dy = tf.tensor2d([[1, 5, 0, 0, 0]]);
      return [softmax(x), tf.grad(softmax)(x, dy)];
    });
    expectClose(values!, [0.25, 0, 0.25, 0.25, 0.25], 1e-6);
    expectClose(gradients!, [0.1875, 0, -0.0625, -0.0625, -0.0625], 1e-6);
  });

  it('cross-entropy is log(sum(e^x)) - x[label], by hand', async () => {
    const [losses, gradients] = await evaluate(backend, () => {
      const logits = tf.tensor2d([
        [Math.log(1), Math.log(2), Math.log(5)],
        [0, 0, 0],
        [1000, 0, 0],
      ]);
      const loss = (x: tf.Tensor) => crossEntropy(x as tf.Tensor2D, tf.tensor1d([2, 0, 1], 'int32'));
      return [loss(logits), tf.grad(loss)(logits, tf.tensor1d([1, 3, 1]))];
    });
    expectClose(losses!, [Math.log(8 / 5), Math.log(3), 1000], 1e-6);
    expectClose(gradients!, [1 / 8, 1 / 4, 5 / 8 - 1, -2, 1, 1, 1, -1, 0], 1e-6);
  });

  it('layer norm is that of 1, 2, 3, 4 by hand: deviations over sqrt(5/4)', async () => {
    const [values] = await evaluate(backend, () => [
      layerNorm(tf.tensor2d([[1, 2, 3, 4]]), tf.tensor1d([1, 1, 1, 2]), tf.tensor1d([0, 0, 0, 10])),
    ]);
    const deviation = Math.sqrt(5 / 4);
    expectClose(values!, [-1.5 / deviation, -0.5 / deviation, 0.5 / deviation, 10 + (2 * 1.5) / deviation], 1e-6);
  });

  it('layer norm of equal numbers is its bias, with finite gradients', async () => {
    const [values, gradients] = await evaluate(backend, () => {
      const x = tf.fill([2, 5], 0.1);
      const norm = (input: tf.Tensor) => layerNorm(input, tf.ones([5]), tf.fill([5], 3));
      return [norm(x), tf.grad(norm)(x)];
    });
    expectClose(values!, Array<number>(10).fill(3), 0.1);
    expect(gradients!.every(Number.isFinite)).toBe(true);
  });
});
