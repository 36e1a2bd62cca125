import * as tf from '@tensorflow/tfjs-core';
import { COLUMN_SUM, DENSE } from '../kernels/names.ts';
import { hasKernel, runKernel } from '../ops/kernel.ts';

/** The shape with size 1 along the axes that a reduction took away: then dy broadcasts back over them. */
function keepAxes(shape: readonly number[], axes: number | readonly number[] | null): number[] {
  const reduced = tf.util.parseAxisParam(axes as number | number[], [...shape]);
  return shape.map((size, axis) => (reduced.includes(axis) ? 1 : size));
}

/** dy spread over the elements that were summed. */
function spread(dy: tf.Tensor, x: tf.Tensor, attributes: tf.NamedAttrMap): tf.Tensor {
  const kept = tf.reshape(dy, keepAxes(x.shape, attributes.axis as number[]));
  return tf.mul(kept, tf.ones(x.shape, 'float32'));
}

/** d (a · b): each side's gradient is a product of dy with the other side, with whatever turns the shapes need. */
function matMulGradient(
  dy: tf.Tensor,
  a: tf.Tensor,
  b: tf.Tensor,
  turnA: boolean,
  turnB: boolean,
): ReturnType<tf.GradFunc> {
  return {
    a: () => (turnA ? tf.matMul(b, dy, turnB, true) : tf.matMul(dy, b, false, !turnB)),
    b: () => (turnB ? tf.matMul(dy, a, true, turnA) : tf.matMul(a, dy, !turnA, false)),
  };
}

const inverse = (order: readonly number[]): number[] => order.map((_, axis) => order.indexOf(axis));

/** Gradients of sums, products of matrices, and of whatever moves elements about. */
export const STRUCTURE_GRADIENTS: readonly tf.GradConfig[] = [
  {
    kernelName: tf.Sum,
    inputsToSave: ['x'],
    gradFunc: (dy, [x], attributes) => ({ x: () => spread(dy as tf.Tensor, x!, attributes) }),
  },
  {
    kernelName: tf.Mean,
    inputsToSave: ['x'],
    gradFunc: (dy, [x], attributes) => ({
      x: () => tf.mul(spread(dy as tf.Tensor, x!, attributes), (dy as tf.Tensor).size / x!.size),
    }),
  },
  {
    kernelName: tf.Max,
    inputsToSave: ['x'],
    outputsToSave: [true],
    gradFunc: (dy, [x, y], attributes) => ({ x: () => maxGradient(dy as tf.Tensor, x!, y!, attributes) }),
  },
  {
    kernelName: tf.BatchMatMul,
    inputsToSave: ['a', 'b'],
    gradFunc: (dy, [a, b], { transposeA, transposeB }) =>
      matMulGradient(dy as tf.Tensor, a!, b!, transposeA === true, transposeB === true),
  },
  {
    kernelName: DENSE,
    inputsToSave: ['x', 'kernel'],
    // Each apart, so that what is frozen costs no product.
    gradFunc: (dy, [x, kernel]) => ({
      x: () => tf.matMul(dy as tf.Tensor, kernel!, false, true),
      kernel: () => tf.matMul(x!, dy as tf.Tensor, true, false),
      bias: () => columnSum(dy as tf.Tensor),
    }),
  },
  {
    kernelName: tf.Softmax,
    outputsToSave: [true],
    gradFunc: (dy, [y]) => {
      const weighted = tf.mul(dy as tf.Tensor, y!);
      return { logits: () => tf.sub(weighted, tf.mul(tf.sum(weighted, -1, true), y!)) };
    },
  },
  {
    kernelName: tf.LogSoftmax,
    outputsToSave: [true],
    gradFunc: (dy, [y]) => {
      const gradient = dy as tf.Tensor;
      return { logits: () => tf.sub(gradient, tf.mul(tf.sum(gradient, -1, true), tf.exp(y!))) };
    },
  },
  { kernelName: tf.Identity, gradFunc: (dy) => ({ x: () => tf.clone(dy as tf.Tensor) }) },
  { kernelName: tf.Cast, gradFunc: (dy) => ({ x: () => tf.clone(dy as tf.Tensor) }) },
  ...[tf.Reshape, tf.ExpandDims].map((kernelName): tf.GradConfig => ({
    kernelName,
    inputsToSave: [kernelName === tf.Reshape ? 'x' : 'input'],
    gradFunc: (dy, [x]) => ({
      [kernelName === tf.Reshape ? 'x' : 'input']: () => tf.reshape(dy as tf.Tensor, x!.shape),
    }),
  })),
  {
    kernelName: tf.Transpose,
    gradFunc: (dy, _, { perm }) => ({ x: () => tf.transpose(dy as tf.Tensor, inverse(perm as number[])) }),
  },
  {
    kernelName: tf.Slice,
    inputsToSave: ['x'],
    gradFunc: (dy, [x], attributes) => ({ x: () => sliceGradient(dy as tf.Tensor, x!, attributes) }),
  },
  {
    kernelName: tf.Concat,
    saveAllInputs: true,
    gradFunc: (dy, parts, { axis }) => {
      const along = axis as number;
      const sizes = parts.map((part) => part.shape.at(along)!);
      return Object.fromEntries(
        tf.split(dy as tf.Tensor, sizes, along).map((gradient, i) => [String(i), () => gradient]),
      );
    },
  },
  {
    kernelName: tf.SplitV,
    gradFunc: (dy, _, { axis }) => ({ x: () => tf.concat(dy as tf.Tensor[], axis as number) }),
  },
  {
    kernelName: tf.Pack,
    saveAllInputs: true,
    gradFunc: (dy, _, { axis }) =>
      Object.fromEntries(tf.unstack(dy as tf.Tensor, axis as number).map((gradient, i) => [String(i), () => gradient])),
  },
  {
    kernelName: tf.Unpack,
    // Of a single part the gradient is no list.
    gradFunc: (dy, _, { axis }) => ({ value: () => tf.stack([dy].flat(), axis as number) }),
  },
  {
    kernelName: tf.GatherV2,
    inputsToSave: ['x', 'indices'],
    gradFunc: (dy, [x, indices], { axis }) => ({
      x: () => gatherGradient(dy as tf.Tensor, x!, indices!, axis as number),
      indices: () => tf.zerosLike(indices!),
    }),
  },
];

/** The gradient of a bias, which was added to every row. */
const columnSum = (dy: tf.Tensor): tf.Tensor =>
  hasKernel(COLUMN_SUM) ? runKernel(COLUMN_SUM, { x: dy }) : tf.sum(dy, 0);

/** Where several elements are the largest, they share dy. */
function maxGradient(dy: tf.Tensor, x: tf.Tensor, y: tf.Tensor, attributes: tf.NamedAttrMap): tf.Tensor {
  const kept = keepAxes(x.shape, attributes.reductionIndices as number[]);
  const winners = tf.cast(tf.equal(x, tf.reshape(y, kept)), 'float32');
  const axes = kept.flatMap((size, axis) => (size === x.shape[axis] ? [] : [axis]));
  return tf.mul(winners, tf.div(tf.reshape(dy, kept), tf.sum(winners, axes, true)));
}

function sliceGradient(dy: tf.Tensor, x: tf.Tensor, { begin, size }: tf.NamedAttrMap): tf.Tensor {
  const [start = [], length = []] = tf.slice_util.parseSliceParams(x, begin as number[], size as number[]);
  return tf.pad(
    dy,
    x.shape.map((whole, axis): [number, number] => [start[axis]!, whole - start[axis]! - length[axis]!]),
  );
}

function gatherGradient(dy: tf.Tensor, x: tf.Tensor, indices: tf.Tensor, axis: number): tf.Tensor {
  if (axis !== 0) throw new Error(`the gradient of gather along axis ${axis} is not supported, only along axis 0`);
  const [rows = 0, ...row] = x.shape;
  const parts = tf.reshape(dy, [indices.size, ...row]);
  return tf.unsortedSegmentSum(parts, tf.reshape(indices, [indices.size]), rows);
}
