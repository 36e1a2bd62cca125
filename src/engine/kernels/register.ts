import * as tf from '@tensorflow/tfjs-core';
import type { Heap } from '../heap.ts';
import { cpuDropoutMask } from './dropout.ts';
import { ELEMENT_KERNELS } from './elements.ts';
import type { HeapKernel, HeapKernels, KernelCall } from './kernel.ts';
import { MATMUL_KERNELS } from './matmul.ts';
import { DROPOUT_MASK } from './names.ts';
import { ROW_KERNELS } from './rows.ts';
import { STRUCTURE_KERNELS } from './structure.ts';

/** All our kernels for the WebAssembly backend, by name. */
export const HEAP_KERNELS: HeapKernels = {
  ...MATMUL_KERNELS,
  ...STRUCTURE_KERNELS,
  ...ROW_KERNELS,
  ...ELEMENT_KERNELS,
};

/** Puts our kernels in the place of tfjs's of the same name, which they fall back on for what they do not cover. */
export function registerHeapKernels(heap: Heap): void {
  for (const [name, kernel] of Object.entries(HEAP_KERNELS)) replaceKernel(name, kernel, heap);
}

function replaceKernel(kernelName: string, kernel: HeapKernel, heap: Heap): void {
  // The types leave out that there may be none.
  const theirs = tf.getKernel(kernelName, 'wasm') as tf.KernelConfig | undefined;
  if (theirs !== undefined) tf.unregisterKernel(kernelName, 'wasm');
  tf.registerKernel({
    kernelName,
    backendName: 'wasm',
    kernelFunc: (call) => {
      const result = kernel({ attrs: {}, ...call } as KernelCall, heap) ?? theirs?.kernelFunc(call);
      if (result === undefined) throw new Error(`${kernelName}: no kernel takes these inputs`);
      return result;
    },
  });
}

/** The dropout mask for tfjs's CPU backend, on which tests check our kernels. */
export function registerCpuKernels(): void {
  const known = tf.getKernel(DROPOUT_MASK, 'cpu') as tf.KernelConfig | undefined;
  if (known === undefined) {
    tf.registerKernel({ kernelName: DROPOUT_MASK, backendName: 'cpu', kernelFunc: cpuDropoutMask });
  }
}
