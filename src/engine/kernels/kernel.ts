import * as tf from '@tensorflow/tfjs-core';
import type { Heap } from '../heap.ts';

/** A kernel's inputs and attributes, as tfjs hands them over. */
export interface KernelCall {
  readonly inputs: Readonly<Record<string, tf.TensorInfo>>;
  readonly attrs: Readonly<Record<string, unknown>>;
}

/** Computes a kernel's outputs, or null for a call that it leaves to tfjs's own kernel of the same name. */
export type HeapKernel = (call: KernelCall, heap: Heap) => tf.TensorInfo | tf.TensorInfo[] | null;

/** Our kernels by name. */
export type HeapKernels = Readonly<Record<string, HeapKernel>>;

/** Numbers in a tensor of this shape. */
export const sizeOf = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1);

/** The shape as rows of the last axis. */
export function asRows(shape: readonly number[]): { readonly rows: number; readonly size: number } {
  const size = shape.at(-1) ?? 1;
  return { rows: size === 0 ? 0 : sizeOf(shape) / size, size };
}

/** Whether all these tensors hold float32 numbers, at least one each. */
export const allFloats = (...tensors: readonly tf.TensorInfo[]): boolean =>
  tensors.every(({ dtype, shape }) => dtype === 'float32' && sizeOf(shape) > 0);
