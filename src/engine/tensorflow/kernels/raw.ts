import * as tf from '@tensorflow/tfjs-core';
import type { CompileOptions } from '../../engine.ts';
import { mapAdam, type AdamCall } from '../adam.ts';
import { TYPE, type Attribute, type Backend, type TensorMetadata } from '../backend.ts';

/** An op's attributes: `type:` for types, `float:` for floats, numbers for integers, booleans. */
export type Attributes = Readonly<
  Record<string, number | boolean | { readonly type: number } | { readonly float: number }>
>;

/** A tensor of the addon's, dropped when the kernel is done unless the kernel gives it. */
export type Raw = TensorMetadata;

/** TensorFlow's ops, called one by one. */
export interface Ops {
  /** The first output of an op whose inputs and outputs have type `T`. */
  readonly op: (name: string, inputs: readonly Raw[], attributes?: Attributes) => Raw;
  /** All outputs of an op, with no attributes but those given. */
  readonly ops: (name: string, inputs: readonly Raw[], count: number, attributes: Attributes) => Raw[];
  readonly float: (value: number) => Raw;
  readonly ints: (values: readonly number[]) => Raw;
  readonly int: (value: number) => Raw;
  /** How matrices are multiplied. */
  readonly precision: CompileOptions['precision'];
  /** Null unless a recording listens. */
  readonly noteAdam: ((call: AdamCall<Raw>) => void) | null;
}

export interface RawCall {
  readonly ops: Ops;
  readonly inputs: Readonly<Record<string, Raw>>;
  readonly attributes: Readonly<Record<string, unknown>>;
}

/** A kernel made of TensorFlow's ops. */
export type RawKernel = (call: RawCall) => Raw | readonly Raw[];

/** Registers kernels for the TensorFlow backend, in the place of tfjs-node's own where it has any of that name. */
export function registerRawKernels(kernels: Readonly<Record<string, RawKernel>>): void {
  for (const [kernelName, kernel] of Object.entries(kernels)) {
    // The types leave out that there may be none.
    const theirs = tf.getKernel(kernelName, 'tensorflow') as tf.KernelConfig | undefined;
    if (theirs !== undefined) tf.unregisterKernel(kernelName, 'tensorflow');
    tf.registerKernel({ kernelName, backendName: 'tensorflow', kernelFunc: (call) => carryOut(kernel, call) });
  }
}

function carryOut(kernel: RawKernel, call: Parameters<tf.KernelFunc>[0]): tf.TensorInfo | tf.TensorInfo[] {
  const backend = call.backend as unknown as Backend;
  const made: Raw[] = [];
  const inputs = Object.entries(call.inputs).map(([name, tensor]): [string, Raw] => {
    // A kernel may be called with inputs left out.
    const { shape, dtype } = tensor as tf.TensorInfo;
    const id = backend.getInputTensorIds([tensor as tf.TensorInfo])[0]!;
    return [name, { id, shape, dtype: TYPE[dtype as keyof typeof TYPE] }];
  });
  const attributes = (call.attrs ?? {}) as Record<string, unknown>;
  const result = kernel({ ops: opsOn(backend, made), inputs: Object.fromEntries(inputs), attributes });
  const outputs = Array.isArray(result) ? (result as readonly Raw[]) : [result as Raw];
  const kept = new Set(outputs.map(({ id }) => id));
  for (const { id } of made) if (!kept.has(id)) backend.binding.deleteTensor(id);
  const tensors = outputs.map((output) => backend.createOutputTensor(output));
  return Array.isArray(result) ? tensors : tensors[0]!;
}

function opsOn(backend: Backend, made: Raw[]): Ops {
  const { binding } = backend;
  const ops: Ops['ops'] = (name, inputs, count, attributes) => {
    const list = Object.entries(attributes).map(([key, value]) => attributeOf(backend, key, value));
    const outputs = binding.executeOp(
      name,
      list,
      inputs.map(({ id }) => id),
      count,
    );
    made.push(...outputs);
    return outputs;
  };
  const constant = (dtype: number, shape: number[], values: Float32Array | Int32Array): Raw => {
    const tensor = { id: binding.createTensor(shape, dtype, values), shape, dtype };
    made.push(tensor);
    return tensor;
  };
  return {
    ops,
    op: (name, inputs, attributes = {}) => ops(name, inputs, 1, { T: { type: inputs[0]!.dtype }, ...attributes })[0]!,
    float: (value) => constant(TYPE.float32, [], Float32Array.of(value)),
    ints: (values) => constant(TYPE.int32, [values.length], Int32Array.from(values)),
    int: (value) => constant(TYPE.int32, [], Int32Array.of(value)),
    precision: binding.precision ?? 'fp32',
    noteAdam: binding.noteAdam === undefined ? null : (call) => binding.noteAdam?.(mapAdam(call, ({ id }) => id)),
  };
}

function attributeOf({ binding }: Backend, name: string, value: Attributes[string]): Attribute {
  if (typeof value === 'object') {
    if ('float' in value) return { name, type: binding.TF_ATTR_FLOAT, value: value.float };
    return { name, type: binding.TF_ATTR_TYPE, value: value.type };
  }
  if (typeof value === 'boolean') return { name, type: binding.TF_ATTR_BOOL, value };
  return { name, type: binding.TF_ATTR_INT, value };
}
