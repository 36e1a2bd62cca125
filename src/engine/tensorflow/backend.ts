import type * as tf from '@tensorflow/tfjs-core';
import type { CompileOptions } from '../engine.ts';
import type { AdamCall } from './adam.ts';

/** TensorFlow's numbers for types, as its C API has them (tensorflow/c/tf_datatype.h). */
export const TYPE = { float32: 1, int32: 3, bool: 10, bfloat16: 14, uint32: 22 } as const;
export type Type = (typeof TYPE)[keyof typeof TYPE];

/** A tensor as the addon tells of it. */
export interface TensorMetadata {
  readonly id: number;
  readonly shape: number[];
  readonly dtype: number;
}

/** An op's attribute, as the addon takes it; `type` is one of the binding's TF_ATTR numbers. */
export interface Attribute {
  readonly name: string;
  readonly type: number;
  readonly value: unknown;
}

export type Values = Float32Array | Int32Array | Uint8Array | readonly number[];

/** The functions of tfjs-node's addon. Tensors and sessions are numbers. */
export interface Binding {
  createTensor(shape: readonly number[], dtype: number, values: Values): number;
  deleteTensor(id: number): void;
  tensorDataSync(id: number): Float32Array | Int32Array | Uint8Array;
  executeOp(
    name: string,
    attributes: readonly Attribute[],
    inputs: readonly number[],
    outputs: number,
  ): TensorMetadata[];
  loadSavedModel(folder: string, tags: string): number;
  deleteSavedModel(id: number): void;
  runSavedModel(id: number, inputs: readonly number[], inputNames: string, outputNames: string): TensorMetadata[];
  isUsingGpuDevice(): boolean;
  getNumOfSavedModels(): number;
  /** Of a recording only: how its matrices are multiplied. */
  readonly precision?: CompileOptions['precision'];
  /** Of a recording only: hears what the AdamW kernel does, so that it can be done in place. */
  noteAdam?(call: AdamCall<number>): void;
  readonly TF_Version: string;
  readonly TF_ATTR_STRING: number;
  readonly TF_ATTR_INT: number;
  readonly TF_ATTR_FLOAT: number;
  readonly TF_ATTR_BOOL: number;
  readonly TF_ATTR_TYPE: number;
  readonly TF_ATTR_SHAPE: number;
}

/** What we use of tfjs-node's backend. The binding can be exchanged, which is how a step is recorded. */
export interface Backend {
  binding: Binding;
  getInputTensorIds(tensors: readonly tf.TensorInfo[]): number[];
  createOutputTensor(metadata: TensorMetadata): tf.Tensor;
}
