import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { ELEMENTWISE_GRADIENTS } from '../../src/engine/gradients/elementwise.ts';
import { STRUCTURE_GRADIENTS } from '../../src/engine/gradients/structure.ts';
import { DENSE } from '../../src/engine/kernels/names.ts';
import { dense } from '../../src/engine/ops/dense.ts';
import { numbers, openBackends } from './backends.ts';

beforeAll(openBackends);

type Function = (...inputs: tf.Tensor[]) => tf.Tensor;

interface Case {
  readonly f: Function;
  readonly shapes: readonly (readonly number[])[];
  /** Inputs are drawn from 0.2 to 1 where the function has a domain. */
  readonly positive?: true;
}

const of = (f: Function, ...shapes: (readonly number[])[]): Case => ({ f, shapes });
const ofPositive = (f: Function, ...shapes: (readonly number[])[]): Case => ({ f, shapes, positive: true });
const condition = () => tf.tensor2d([1, 0, 0, 1, 1, 0], [2, 3], 'bool');

const CASES: Readonly<Record<string, readonly Case[]>> = {
  [tf.Add]: [of((a, b) => tf.add(a, b), [2, 3], [3]), of((a, b) => tf.add(a, b), [2, 1], [1, 3])],
  [tf.Sub]: [of((a, b) => tf.sub(a, b), [2, 3], [2, 1])],
  [tf.Multiply]: [of((a, b) => tf.mul(a, b), [2, 3], [3])],
  [tf.RealDiv]: [ofPositive((a, b) => tf.div(a, b), [2, 3], [2, 1])],
  [tf.SquaredDifference]: [of((a, b) => tf.squaredDifference(a, b), [2, 3], [3])],
  [tf.Maximum]: [of((a, b) => tf.maximum(a, b), [5], [5])],
  [tf.Minimum]: [of((a, b) => tf.minimum(a, b), [5], [5])],
  [tf.Neg]: [of((x) => tf.neg(x), [4])],
  [tf.Square]: [of((x) => tf.square(x), [4])],
  [tf.Log]: [ofPositive((x) => tf.log(x), [4])],
  [tf.Rsqrt]: [ofPositive((x) => tf.rsqrt(x), [4])],
  [tf.Sqrt]: [ofPositive((x) => tf.sqrt(x), [4])],
  [tf.Abs]: [of((x) => tf.abs(x), [4])],
  [tf.Erf]: [of((x) => tf.erf(x), [4])],
  [tf.Exp]: [of((x) => tf.exp(x), [4])],
  [tf.Tanh]: [of((x) => tf.tanh(x), [4])],
  [tf.Sigmoid]: [of((x) => tf.sigmoid(x), [4])],
  [tf.Select]: [of((a, b) => tf.where(condition(), a, b), [2, 3], [2, 3])],
  [tf.AddN]: [of((a, b, c) => tf.addN([a, b, c]), [4], [4], [4])],
  [tf.Sum]: [of((x) => tf.sum(x, 1), [2, 3, 4]), of((x) => tf.sum(x, [0, 2], true), [2, 3, 4])],
  [tf.Mean]: [of((x) => tf.mean(x, -1), [2, 3]), of((x) => tf.mean(x), [2, 3])],
  [tf.Max]: [of((x) => tf.max(x, 1), [3, 4])],
  [tf.BatchMatMul]: [of((a, b) => tf.matMul(a, b, true, true), [2, 4, 3], [2, 2, 4])],
  [DENSE]: [
    of((x, kernel, bias) => dense(x as tf.Tensor2D, kernel as tf.Tensor2D, bias as tf.Tensor1D), [4, 3], [3, 2], [2]),
  ],
  [tf.Softmax]: [of((x) => tf.softmax(x), [2, 4])],
  [tf.LogSoftmax]: [of((x) => tf.logSoftmax(x), [2, 4])],
  [tf.Identity]: [of((x) => tf.clone(x), [4])],
  [tf.Cast]: [of((x) => tf.cast(x, 'float32'), [4])],
  [tf.Reshape]: [of((x) => tf.reshape(x, [3, 2]), [2, 3])],
  [tf.ExpandDims]: [of((x) => tf.expandDims(x, 1), [2, 3])],
  [tf.Transpose]: [of((x) => tf.transpose(x, [1, 2, 0]), [2, 3, 4])],
  [tf.Slice]: [of((x) => tf.slice(x, [1, 0], [2, -1]), [4, 3])],
  [tf.Concat]: [of((a, b) => tf.concat([a, b], 1), [2, 3], [2, 1])],
  [tf.SplitV]: [
    of((x) => tf.mul(...(tf.split(x, 2, 1) as [tf.Tensor, tf.Tensor])), [2, 6]),
    of((x) => tf.square(tf.split(x, [6], 1)[0]!), [2, 6]),
  ],
  [tf.Pack]: [of((a, b) => tf.stack([a, b], 1), [2, 3], [2, 3])],
  [tf.Unpack]: [
    of((x) => tf.mul(...(tf.unstack(x, 1) as [tf.Tensor, tf.Tensor])), [3, 2]),
    of((x) => tf.square(tf.unstack(x, 1)[0]!), [3, 1]),
  ],
  [tf.GatherV2]: [of((x) => tf.gather(x, tf.tensor2d([2, 0, 2, 1], [2, 2], 'int32')), [3, 4])],
};

const STEP = 1e-2;

/** (loss(x + h) - loss(x - h)) / 2h for every element of input `which`. */
function finiteDifferences(loss: (inputs: Float32Array[]) => number, inputs: Float32Array[], which: number): number[] {
  return Array.from(inputs[which]!, (value, i) => {
    const at = (moved: number) => loss(inputs.map((input, j) => (j === which ? input.with(i, moved) : input)));
    return (at(value + STEP) - at(value - STEP)) / (2 * STEP);
  });
}

describe('every gradient equals the finite differences of its function', () => {
  it('has a case here', () => {
    const registered = [...ELEMENTWISE_GRADIENTS, ...STRUCTURE_GRADIENTS].map(({ kernelName }) => kernelName);
    expect(Object.keys(CASES).sort()).toEqual(registered.sort());
  });

  for (const [name, cases] of Object.entries(CASES)) {
    it.each(cases)(`${name} %#`, ({ f, shapes, positive }) => {
      const draw = (size: number, i: number) => numbers(size, 31 * i + 17).map((x) => (positive ? 0.6 + 0.4 * x : x));
      const inputs = shapes.map((shape, i) => draw(tf.util.sizeFromShape([...shape]), i));
      const tensors = (values: readonly Float32Array[]) => values.map((value, i) => tf.tensor(value, [...shapes[i]!]));
      // An uneven weighting, so that a gradient that mixes up elements shows.
      const weighted = (...x: tf.Tensor[]): tf.Scalar => {
        const y = f(...x);
        return tf.sum(tf.mul(y, tf.tensor(numbers(y.size, 5), y.shape)));
      };
      const loss = (values: Float32Array[]) => tf.tidy(() => weighted(...tensors(values)).dataSync()[0]!);
      const before = tf.memory().numTensors;
      tf.tidy(() => {
        const gradients = tf.grads(weighted)(tensors(inputs));
        for (const [which, gradient] of gradients.entries()) {
          expect(gradient.shape).toEqual(shapes[which]);
          const wanted = finiteDifferences(loss, inputs, which);
          for (const [i, value] of gradient.dataSync().entries())
            expect(Math.abs(value - wanted[i]!)).toBeLessThan(3e-3);
        }
      });
      expect(tf.memory().numTensors).toBe(before);
    });
  }
});
