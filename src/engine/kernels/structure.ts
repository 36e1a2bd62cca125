import * as tf from '@tensorflow/tfjs-core';
import { allFloats, sizeOf, type HeapKernel, type HeapKernels } from './kernel.ts';

/** The same numbers under another name; tfjs copies them, which a step does hundreds of times. No kernel writes in place. */
const identity: HeapKernel = ({ inputs }, heap) => (inputs.x!.dtype === 'string' ? null : heap.share(inputs.x!));

/** Turns a matrix, and swaps the middle axes of four (the split into attention heads). */
const transpose: HeapKernel = ({ inputs, attrs }, heap) => {
  const x = inputs.x!;
  const order = (attrs.perm as readonly number[]).join();
  if (!allFloats(x) || (order !== '1,0' && order !== '0,2,1,3')) return null;
  const [first = 1, second = 1, third = 1, fourth = 1] = x.shape;
  if (order === '1,0') {
    const out = heap.make([second, first]);
    heap.simd.transpose(heap.address(x), heap.address(out), 1, first, second);
    return out;
  }
  const out = heap.make([first, third, second, fourth]);
  heap.simd.swapMiddle(heap.address(x), heap.address(out), first, second, third, fourth);
  return out;
};

/** Sums over leading axes: the gradient of whatever was broadcast over rows. */
const sum: HeapKernel = ({ inputs, attrs }, heap) => {
  const x = inputs.x!;
  const axes = tf.util.parseAxisParam(attrs.axis as number[], x.shape);
  const leading = [...axes].sort((a, b) => a - b).every((axis, i) => axis === i);
  if (!allFloats(x) || !leading || axes.length === 0 || axes.length === x.shape.length) return null;
  const rest = x.shape.slice(axes.length);
  const out = heap.make(attrs.keepDims === true ? [...axes.map(() => 1), ...rest] : rest);
  heap.simd.sumRows(heap.address(x), heap.address(out), sizeOf(x.shape.slice(0, axes.length)), sizeOf(rest));
  return out;
};

/** Rows of x added up by segment. Every segment id must be in range. */
const unsortedSegmentSum: HeapKernel = ({ inputs, attrs }, heap) => {
  const x = inputs.x!;
  const ids = inputs.segmentIds!;
  const segments = attrs.numSegments as number;
  if (heap.ints(ids).some((id) => id < 0 || id >= segments)) throw new RangeError('a segment id is out of range');
  const row = x.shape.slice(1);
  const out = heap.zeros([segments, ...row]);
  heap.simd.scatterAdd(heap.address(x), heap.address(ids), heap.address(out), sizeOf(ids.shape), sizeOf(row));
  return out;
};

/** a + b or a · b where b is repeated over a's leading axes, or is one number. */
function repeated(operation: 'add' | 'multiply'): HeapKernel {
  return ({ inputs }, heap) => {
    const [a, b] = [inputs.a!, inputs.b!];
    if (!allFloats(a, b)) return null;
    const [large, small] = sizeOf(a.shape) >= sizeOf(b.shape) ? [a, b] : [b, a];
    const size = sizeOf(small.shape);
    if (!isTail(small.shape, large.shape) || (size === 1 && operation === 'add')) return null;
    const out = heap.make(large.shape);
    if (size === 1) {
      const factor = heap.floats(small)[0]!;
      heap.simd.scale(heap.address(large), heap.address(out), sizeOf(large.shape), factor);
    } else {
      const repeats = sizeOf(large.shape) / size;
      heap.simd[operation](heap.address(large), heap.address(small), heap.address(out), repeats, size);
    }
    return out;
  };
}

/** Whether `shape`, leading ones aside, is the end of `whole`, and so repeats over the rest. */
function isTail(shape: readonly number[], whole: readonly number[]): boolean {
  const start = shape.findIndex((size) => size !== 1);
  const tail = start === -1 ? [] : shape.slice(start);
  return shape.length <= whole.length && tail.join() === whole.slice(whole.length - tail.length).join();
}

/** Kernels that move or add up whole rows. */
export const STRUCTURE_KERNELS: HeapKernels = {
  [tf.Identity]: identity,
  [tf.Transpose]: transpose,
  [tf.Sum]: sum,
  [tf.UnsortedSegmentSum]: unsortedSegmentSum,
  [tf.Add]: repeated('add'),
  [tf.Multiply]: repeated('multiply'),
};
