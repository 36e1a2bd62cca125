import * as tf from '@tensorflow/tfjs-core';
import { allFloats, asRows, type HeapKernel, type HeapKernels } from './kernel.ts';
import { CROSS_ENTROPY, CROSS_ENTROPY_GRAD, LAYER_NORM, LAYER_NORM_GRAD, SOFTMAX_GRAD } from './names.ts';

const softmax: HeapKernel = ({ inputs }, heap) => {
  const x = inputs.logits!;
  if (!allFloats(x)) return null;
  const { rows, size } = asRows(x.shape);
  const y = heap.make(x.shape);
  heap.simd.softmax(heap.address(x), heap.address(y), rows, size);
  return y;
};

const softmaxGrad: HeapKernel = ({ inputs }, heap) => {
  const y = inputs.y!;
  const { rows, size } = asRows(y.shape);
  const dx = heap.make(y.shape);
  heap.simd.softmaxGrad(heap.address(y), heap.address(inputs.dy!), heap.address(dx), rows, size);
  return dx;
};

/** Gives each row's loss, and the softmax for the gradient. */
const crossEntropy: HeapKernel = ({ inputs }, heap) => {
  const logits = inputs.logits!;
  const labels = inputs.labels!;
  const { rows, size } = asRows(logits.shape);
  const wrong = heap.ints(labels).find((label) => label < 0 || label >= size);
  if (wrong !== undefined) throw new RangeError(`cross-entropy: label ${wrong} is not one of ${size} classes`);
  const loss = heap.make([rows]);
  const sums = heap.make([rows]);
  const y = heap.make(logits.shape);
  const [x, ids] = [heap.address(logits), heap.address(labels)];
  heap.simd.crossEntropy(x, ids, heap.address(loss), heap.address(sums), heap.address(y), rows, size);
  const losses = heap.floats(loss);
  heap.floats(sums).forEach((sum, row) => {
    losses[row]! += Math.log(sum);
  });
  heap.free(sums);
  return [loss, y];
};

const crossEntropyGrad: HeapKernel = ({ inputs }, heap) => {
  const y = inputs.y!;
  const { rows, size } = asRows(y.shape);
  const dx = heap.make(y.shape);
  const [labels, dy] = [heap.address(inputs.labels!), heap.address(inputs.dy!)];
  heap.simd.crossEntropyGrad(heap.address(y), labels, dy, heap.address(dx), rows, size);
  return dx;
};

/** Gives y, and for the gradient the normalised x and each row's 1 / standard deviation. */
const layerNorm: HeapKernel = ({ inputs, attrs }, heap) => {
  const x = inputs.x!;
  const { rows, size } = asRows(x.shape);
  const outputs = [heap.make(x.shape), heap.make(x.shape), heap.make([rows])] as const;
  const [y, normal, inverse] = outputs.map(heap.address) as [number, number, number];
  const [gain, bias] = [heap.address(inputs.gain!), heap.address(inputs.bias!)];
  heap.simd.layerNorm(heap.address(x), gain, bias, y, normal, inverse, rows, size, attrs.epsilon as number);
  return [...outputs];
};

/** Gives the gradients of x, gain and bias. */
const layerNormGrad: HeapKernel = ({ inputs }, heap) => {
  const dy = inputs.dy!;
  const { rows, size } = asRows(dy.shape);
  const outputs = [heap.make(dy.shape), heap.zeros([size]), heap.zeros([size])] as const;
  const [dx, gainGrad, biasGrad] = outputs.map(heap.address) as [number, number, number];
  const saved = [inputs.normal!, inputs.inverse!, inputs.gain!].map(heap.address) as [number, number, number];
  heap.simd.layerNormGrad(heap.address(dy), ...saved, dx, gainGrad, biasGrad, rows, size);
  return [...outputs];
};

/** Kernels whose unit is a row of the last axis. */
export const ROW_KERNELS: HeapKernels = {
  [tf.Softmax]: softmax,
  [SOFTMAX_GRAD]: softmaxGrad,
  [CROSS_ENTROPY]: crossEntropy,
  [CROSS_ENTROPY_GRAD]: crossEntropyGrad,
  [LAYER_NORM]: layerNorm,
  [LAYER_NORM_GRAD]: layerNormGrad,
};
