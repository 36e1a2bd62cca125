import * as tf from '@tensorflow/tfjs-core';
import type { Heap } from '../heap.ts';
import { allFloats, sizeOf, type HeapKernel, type HeapKernels } from './kernel.ts';
import { DENSE } from './names.ts';

/** a · b for matrices in the last two axes; leading axes equal, or all 1 on one side. */
const batchMatMul: HeapKernel = ({ inputs, attrs }, heap) => {
  const a = inputs.a!;
  const b = inputs.b!;
  const leadA = a.shape.slice(0, -2);
  const leadB = b.shape.slice(0, -2);
  const [countA, countB] = [sizeOf(leadA), sizeOf(leadB)];
  if (!allFloats(a, b) || (countA !== 1 && countB !== 1 && leadA.join() !== leadB.join())) return null;
  const turnA = attrs.transposeA === true;
  const turnB = attrs.transposeB === true;
  const [depth, m] = (turnA ? a.shape.slice(-2) : a.shape.slice(-2).reverse()) as [number, number];
  const [n, depthB] = (turnB ? b.shape.slice(-2) : b.shape.slice(-2).reverse()) as [number, number];
  if (depth !== depthB) {
    throw new Error(`matMul: the inner sizes differ: [${a.shape.join(', ')}] and [${b.shape.join(', ')}]`);
  }
  const lead = tf.broadcast_util.assertAndGetBroadcastShape(leadA, leadB);
  const right = turnB ? turned(b, countB, n, depth, heap) : b;
  const out = heap.make([...lead, m, n]);
  heap.simd.matmul(
    heap.address(a),
    heap.address(right),
    0,
    heap.address(out),
    sizeOf(lead),
    m,
    depth,
    n,
    turnA ? 1 : depth,
    turnA ? m : 1,
    countA === 1 ? 0 : m * depth,
    countB === 1 ? 0 : n * depth,
  );
  if (turnB) heap.free(right);
  return out;
};

/** Each of `count` matrices [rows, columns] of x transposed. */
function turned(x: tf.TensorInfo, count: number, rows: number, columns: number, heap: Heap): tf.TensorInfo {
  const out = heap.make([count, columns, rows]);
  heap.simd.transpose(heap.address(x), heap.address(out), count, rows, columns);
  return out;
}

/** x[rows, inputs] · kernel[inputs, outputs] + bias[outputs]. */
const dense: HeapKernel = ({ inputs }, heap) => {
  const x = inputs.x!;
  const kernel = inputs.kernel!;
  const [rows = 0, depth = 0] = x.shape;
  const n = kernel.shape[1] ?? 0;
  const out = heap.make([rows, n]);
  const bias = heap.address(inputs.bias!);
  heap.simd.matmul(heap.address(x), heap.address(kernel), bias, heap.address(out), 1, rows, depth, n, depth, 1, 0, 0);
  return out;
};

/** Products of matrices. */
export const MATMUL_KERNELS: HeapKernels = { [tf.BatchMatMul]: batchMatMul, [DENSE]: dense };
