import { heapDropoutMask } from './dropout.ts';
import { sizeOf, type HeapKernel, type HeapKernels } from './kernel.ts';
import { ADAMW, DROPOUT_MASK, GELU, GELU_GRAD, SQUARE_SUM } from './names.ts';

const gelu: HeapKernel = ({ inputs }, heap) => {
  const x = inputs.x!;
  const y = heap.make(x.shape);
  heap.simd.gelu(heap.address(x), heap.address(y), sizeOf(x.shape));
  return y;
};

const geluGrad: HeapKernel = ({ inputs }, heap) => {
  const x = inputs.x!;
  const dx = heap.make(x.shape);
  heap.simd.geluGrad(heap.address(x), heap.address(inputs.dy!), heap.address(dx), sizeOf(x.shape));
  return dx;
};

const squareSum: HeapKernel = ({ inputs }, heap) => {
  const x = inputs.x!;
  const out = heap.make([]);
  heap.floats(out)[0] = heap.simd.squareSum(heap.address(x), sizeOf(x.shape));
  return out;
};

/** Gives the new weight and moments. `rates` holds clip, rate, decay and 1 / (1 - beta2^t). */
const adamw: HeapKernel = ({ inputs, attrs }, heap) => {
  const weight = inputs.weight!;
  const outputs = [weight, weight, weight].map(({ shape }) => heap.make(shape));
  const [clip = 1, rate = 0, decay = 0, correction = 1] = heap.floats(inputs.rates!);
  const { beta1, beta2, epsilon } = attrs as { beta1: number; beta2: number; epsilon: number };
  const [w, m, v, g] = [weight, inputs.first!, inputs.second!, inputs.gradient!].map(heap.address) as Four;
  const [w2, m2, v2] = outputs.map(heap.address) as Three;
  const size = sizeOf(weight.shape);
  heap.simd.adamw(w, m, v, g, w2, m2, v2, size, clip, beta1, beta2, rate, decay, correction, epsilon);
  return outputs;
};

type Three = [number, number, number];
type Four = [number, number, number, number];

/** Kernels whose unit is a single element. */
export const ELEMENT_KERNELS: HeapKernels = {
  [GELU]: gelu,
  [GELU_GRAD]: geluGrad,
  [SQUARE_SUM]: squareSum,
  [ADAMW]: adamw,
  [DROPOUT_MASK]: heapDropoutMask,
};
