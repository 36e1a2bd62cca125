import * as tf from '@tensorflow/tfjs-core';
import type { Heap } from '../heap.ts';
import { ELEMENT_KERNELS } from './elements.ts';
import type { HeapKernel, HeapKernels, KernelCall } from './kernel.ts';
import { MATMUL_KERNELS } from './matmul.ts';
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
