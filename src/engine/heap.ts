import * as tf from '@tensorflow/tfjs-core';
import type { Address, SimdKernels, WasmMemory } from './simd/kernels.ts';

/** What our kernels need of tfjs's WebAssembly backend. */
interface WasmBackend {
  readonly wasm: { readonly asm: { readonly memory: WasmMemory } };
  readonly dataIdMap: { get(dataId: tf.DataId): { readonly memoryOffset: Address } };
  makeOutput(shape: number[], dtype: tf.DataType): tf.TensorInfo;
  incRef(dataId: tf.DataId): void;
  disposeData(dataId: tf.DataId): boolean;
}

/** The memory of tfjs's WebAssembly backend, where tensors lie, and our kernels that work in it. */
export interface Heap {
  readonly simd: SimdKernels;
  /** Where a float32 or int32 tensor begins. */
  readonly address: (tensor: tf.TensorInfo) => Address;
  /** A new tensor; its numbers are whatever lay there before. */
  readonly make: (shape: readonly number[], dtype?: 'float32' | 'int32') => tf.TensorInfo;
  readonly zeros: (shape: readonly number[]) => tf.TensorInfo;
  /** A second tensor over the same numbers. */
  readonly share: (tensor: tf.TensorInfo) => tf.TensorInfo;
  readonly free: (tensor: tf.TensorInfo) => void;
  /** A view of a tensor's numbers. It ends with the next `make`, which may move the memory. */
  readonly floats: (tensor: tf.TensorInfo) => Float32Array;
  readonly ints: (tensor: tf.TensorInfo) => Int32Array;
}

/** The memory that tfjs's WebAssembly backend exports. */
export const memoryOf = (backend: object): WasmMemory => (backend as WasmBackend).wasm.asm.memory;

/** A heap on a ready WebAssembly backend. */
export function openHeap(backend: object, simd: SimdKernels): Heap {
  const wasm = backend as WasmBackend;
  const memory = memoryOf(backend);
  const address = ({ dataId }: tf.TensorInfo) => wasm.dataIdMap.get(dataId).memoryOffset;
  const make: Heap['make'] = (shape, dtype = 'float32') => wasm.makeOutput([...shape], dtype);
  const floats: Heap['floats'] = (tensor) =>
    new Float32Array(memory.buffer, address(tensor), tf.util.sizeFromShape(tensor.shape));
  const zeros: Heap['zeros'] = (shape) => {
    const tensor = make(shape);
    floats(tensor).fill(0);
    return tensor;
  };
  return {
    simd,
    address,
    make,
    zeros,
    share: ({ dataId, shape, dtype }) => {
      wasm.incRef(dataId);
      return { dataId, shape, dtype };
    },
    free: ({ dataId }) => {
      wasm.disposeData(dataId);
    },
    floats,
    ints: (tensor) => new Int32Array(memory.buffer, address(tensor), tf.util.sizeFromShape(tensor.shape)),
  };
}
