import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { HEAP_KERNELS } from '../../src/engine/kernels/register.ts';
import * as kernel from '../../src/engine/kernels/names.ts';
import { gelu, softmax } from '../../src/engine/ops/activations.ts';
import { adamw, squareSum } from '../../src/engine/ops/adamw.ts';
import { crossEntropy } from '../../src/engine/ops/cross-entropy.ts';
import { dense } from '../../src/engine/ops/dense.ts';
import { dropoutMask } from '../../src/engine/ops/dropout.ts';
import { gatherRows } from '../../src/engine/ops/gather.ts';
import { layerNorm } from '../../src/engine/ops/layer-norm.ts';
import { evaluate, expectClose, openBackends, tensorOf } from './backends.ts';

beforeAll(openBackends);

type Compute = () => tf.Tensor[];

/** Float32 sums of up to 602 products of numbers in (-1, 1), taken in another order. */
const ROUNDING = 3e-5;

const SHAPES = [[1], [3], [4], [5, 7], [8, 4], [2, 3, 9], [33, 13], [6, 64]] as const;

/** A function of tensors and its gradients under an uneven dy, for inputs of these shapes. */
function withGradients(f: (...inputs: tf.Tensor[]) => tf.Tensor, ...shapes: (readonly number[])[]): Compute {
  return () => {
    const inputs = shapes.map((shape, i) => tensorOf(shape, i + 1));
    const y = f(...inputs);
    return [y, ...tf.grads(f)(inputs, tensorOf(y.shape, 99))];
  };
}

const matMul = (turnA: boolean, turnB: boolean) => (a: tf.Tensor, b: tf.Tensor) => tf.matMul(a, b, turnA, turnB);

function matMulCases(): Compute[] {
  const sizes = [
    [1, 1, 1],
    [4, 8, 8],
    [5, 7, 3],
    [9, 33, 17],
    [66, 21, 31],
    // More of b than is read at a time.
    [3, 40, 602],
  ] as const;
  const batches = [[], [3], [2, 3]];
  return [true, false].flatMap((turnA) =>
    [true, false].flatMap((turnB) =>
      sizes.flatMap(([m, depth, n]) =>
        batches.map((batch) =>
          withGradients(
            matMul(turnA, turnB),
            [...batch, ...(turnA ? [depth, m] : [m, depth])],
            [...batch, ...(turnB ? [n, depth] : [depth, n])],
          ),
        ),
      ),
    ),
  );
}

const broadcasts = (f: (a: tf.Tensor, b: tf.Tensor) => tf.Tensor): Compute[] =>
  [
    [[5, 7], [7]],
    [[7], [5, 7]],
    [
      [5, 7],
      [5, 7],
    ],
    [
      [2, 3, 5],
      [3, 5],
    ],
    [
      [2, 3, 5],
      [1, 3, 5],
    ],
    [
      [2, 3, 5],
      [2, 1, 5],
    ],
    [
      [5, 7],
      [5, 1],
    ],
    [[5, 7], []],
    [[], []],
    [[1], [1, 1]],
    [[3], [1, 3]],
  ].map(([a, b]) => withGradients(f, a!, b!));

const ids = (values: number[]) => tf.tensor1d(values, 'int32');
const rows = SHAPES.map((shape) => [shape, shape.at(-1)!] as const);

const layerNormCases = rows.map(([shape, size]) =>
  withGradients((x, gain, bias) => layerNorm(x, gain as tf.Tensor1D, bias as tf.Tensor1D, 1e-6), shape, [size], [size]),
);
const crossEntropyCases = [
  [3, 5],
  [7, 33],
  [2, 2],
  [4, 64],
].map(([n, classes]) =>
  withGradients(
    (logits) => crossEntropy(logits as tf.Tensor2D, ids(Array.from({ length: n! }, (_, i) => (i * 7) % classes!))),
    [n!, classes!],
  ),
);
const geluCases = SHAPES.map((shape) => withGradients((x) => gelu(tf.mul(x, 4)), shape));
const softmaxCases = SHAPES.map((shape) => withGradients((x) => softmax(x), shape));
const gatherCases = [
  [5, 3],
  [2, 8],
  [9, 17],
].map(([count, size]) =>
  withGradients((table) => gatherRows(table as tf.Tensor2D, ids([0, 1, 1, count! - 1, 0])), [count!, size!]),
);

/** For every kernel of ours, what to compute with it: on the CPU backend the same goes by tfjs's own kernels. */
const CASES: Readonly<Record<string, readonly Compute[]>> = {
  [tf.BatchMatMul]: [
    ...matMulCases(),
    () => [tf.matMul(tensorOf([1, 5, 7], 1), tensorOf([3, 7, 4], 2))],
    () => [tf.matMul(tensorOf([3, 5, 7], 1), tensorOf([7, 4], 2))],
    () => [tf.matMul(tensorOf([2, 1, 5, 7], 1), tensorOf([2, 3, 7, 4], 2))],
  ],
  [kernel.DENSE]: [
    [1, 1, 1],
    [5, 7, 3],
    [5, 40, 601],
  ].map(([m, depth, n]) =>
    withGradients(
      (x, weights, bias) => dense(x as tf.Tensor2D, weights as tf.Tensor2D, bias as tf.Tensor1D),
      [m!, depth!],
      [depth!, n!],
      [n!],
    ),
  ),
  [tf.Identity]: [() => [tf.clone(tensorOf([3, 5]))]],
  [tf.Transpose]: [
    ...SHAPES.filter(({ length }) => length === 2).map((shape) => withGradients((x) => tf.transpose(x), shape)),
    withGradients((x) => tf.transpose(x, [0, 2, 1, 3]), [2, 3, 4, 5]),
    withGradients((x) => tf.transpose(x, [0, 2, 1, 3]), [3, 4, 2, 8]),
    withGradients((x) => tf.transpose(x, [2, 0, 1]), [2, 3, 4]),
  ],
  [tf.Sum]: [
    ...[0, [0, 1], -1, [0, 2], [1]].map((axis) => withGradients((x) => tf.sum(x, axis), [3, 5, 9])),
    withGradients((x) => tf.sum(x), [3, 5, 9]),
    withGradients((x) => tf.sum(x, 0, true), [30, 37]),
  ],
  [tf.UnsortedSegmentSum]: [
    () => [tf.unsortedSegmentSum(tensorOf([5, 2, 3]), ids([2, 0, 2, 3, 2]), 4)],
    () => [tf.unsortedSegmentSum(tensorOf([3]), ids([1, 1, 0]), 6)],
  ],
  [tf.Add]: broadcasts((a, b) => tf.add(a, b)),
  [tf.Multiply]: broadcasts((a, b) => tf.mul(a, b)),
  [tf.Softmax]: softmaxCases,
  [kernel.SOFTMAX_GRAD]: softmaxCases,
  [kernel.CROSS_ENTROPY]: crossEntropyCases,
  [kernel.CROSS_ENTROPY_GRAD]: crossEntropyCases,
  [kernel.LAYER_NORM]: layerNormCases,
  [kernel.LAYER_NORM_GRAD]: layerNormCases,
  [kernel.GELU]: geluCases,
  [kernel.GELU_GRAD]: geluCases,
  [kernel.SQUARE_SUM]: SHAPES.map((shape) => () => [squareSum(tensorOf(shape))]),
  [kernel.ADAMW]: SHAPES.map((shape) => () => {
    const state = { weight: tensorOf(shape, 1), first: tensorOf(shape, 2), second: tf.square(tensorOf(shape, 3)) };
    const rates = tf.tensor1d([0.7, 0.02, 0.003, 1.6]);
    const next = adamw(state, tensorOf(shape, 4), rates, { beta1: 0.9, beta2: 0.98, epsilon: 1e-6 });
    return [next.weight, next.first, next.second];
  }),
  [kernel.DROPOUT_MASK]: SHAPES.map((shape) => () => [dropoutMask(shape, ids([-3, 12]), 5, 0.3)]),
  // tfjs's own reach these through its gradient of gather.
  gather: gatherCases,
};

describe('every kernel of ours agrees with the CPU backend', () => {
  it('has a case here', () => {
    expect(Object.keys(CASES)).toEqual(expect.arrayContaining(Object.keys(HEAP_KERNELS)));
  });

  for (const [name, cases] of Object.entries(CASES)) {
    it(name, async () => {
      for (const compute of cases) {
        const wanted = await evaluate('cpu', compute);
        const got = await evaluate('wasm', compute);
        expect(got.length).toBe(wanted.length);
        for (const [i, values] of got.entries()) expectClose(values, wanted[i]!, ROUNDING);
      }
    });
  }
});

it('a product whose inner sizes differ is refused', () => {
  expect(() => tf.matMul(tf.ones([2, 3]), tf.ones([4, 2]))).toThrow(/inner/);
});

it('a label or a row outside the table is refused rather than read from foreign memory', () => {
  expect(() => crossEntropy(tf.ones([1, 3]), ids([3]))).toThrow('label 3 is not one of 3 classes');
  expect(() => crossEntropy(tf.ones([1, 3]), ids([-1]))).toThrow('label -1');
  expect(() => tf.unsortedSegmentSum(tf.ones([1, 3]), ids([2]), 2)).toThrow('out of range');
});
