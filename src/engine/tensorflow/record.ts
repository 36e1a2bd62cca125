import * as tf from '@tensorflow/tfjs-core';
import { mapAdam, type AdamCall } from './adam.ts';
import type { CompileOptions, FeedSpec, Step, Tensors } from '../engine.ts';
import { TYPE, type Attribute, type Backend, type Binding, type TensorMetadata, type Values } from './backend.ts';
import { constantNode, typeAttribute, attributeValue } from './nodes.ts';
import type { Node } from './graph.ts';
import { limitOf, passesOn } from './limits.ts';
import type { Shapes } from './shapes.ts';

/** A tensor of a recording: an output of a node of the graph, with no numbers unless it is a constant. */
export interface Traced {
  readonly reference: string;
  readonly shape: readonly number[];
  readonly dtype: number;
  readonly constant: Values | null;
  /** The feed that these numbers are, unchanged but for their shape. */
  readonly feed: string | null;
}

/** What a step does, as nodes of a graph. */
export interface Recording {
  readonly nodes: readonly Node[];
  /** Node inputs by the name of what the step returned. */
  readonly state: ReadonlyMap<string, Traced>;
  readonly outputs: ReadonlyMap<string, Traced>;
  /** AdamW updates, by what their new weight is called. */
  readonly adam: ReadonlyMap<string, AdamCall<string>>;
  /** For feeds that are indices: one more than the largest that every use of them can take. */
  readonly limits: ReadonlyMap<string, number>;
}

/** What a step is recorded over: its feeds, and how its state's tensors are called in the graph. */
export interface Arguments {
  readonly feeds: Readonly<Record<string, FeedSpec>>;
  readonly state: ReadonlyMap<string, { readonly reference: string; readonly shape: readonly number[] }>;
}

/**
 * Runs `step` once on tensors without numbers and keeps the TensorFlow ops it calls. The current tfjs backend must be
 * `backend`. Node names start with `prefix`. Throws an Error that names the op where the step reads numbers: they
 * would be frozen into the graph.
 */
export function record(
  backend: Backend,
  shapes: Shapes,
  prefix: string,
  { feeds, state }: Arguments,
  step: Step,
  precision: CompileOptions['precision'],
): Recording {
  const real = backend.binding;
  const tape = openTape(real, shapes, prefix, precision);
  backend.binding = tape.binding;
  try {
    return tf.tidy(() => {
      const fed = Object.entries(feeds).map(([name, spec]) => [
        name,
        backend.createOutputTensor(tape.feed(name, spec)),
      ]);
      const held = [...state].map(([name, { reference, shape }]) => [
        name,
        backend.createOutputTensor(tape.place({ reference, shape, dtype: TYPE.float32, constant: null, feed: null })),
      ]);
      const returned = step(Object.fromEntries(held) as Tensors, Object.fromEntries(fed) as Tensors);
      const trace = (tensors: Tensors) =>
        new Map(
          Object.entries(tensors).map(([name, tensor]) => [name, tape.find(backend.getInputTensorIds([tensor])[0]!)]),
        );
      const result = { state: trace(returned.state ?? {}), outputs: trace(returned.outputs) };
      return { ...result, nodes: tape.nodes, adam: tape.adam, limits: tape.limits } as unknown as tf.TensorContainer;
    }) as unknown as Recording;
  } finally {
    backend.binding = real;
  }
}

interface Tape {
  readonly nodes: readonly Node[];
  readonly adam: ReadonlyMap<string, AdamCall<string>>;
  readonly limits: ReadonlyMap<string, number>;
  /** Stands in for the real one: what is asked of it, it notes down. */
  readonly binding: Binding;
  feed(name: string, spec: FeedSpec): TensorMetadata;
  place(traced: Traced): TensorMetadata;
  find(id: number): Traced;
}

function openTape(real: Binding, shapes: Shapes, prefix: string, precision: CompileOptions['precision']): Tape {
  const nodes: Node[] = [];
  const traced = new Map<number, Traced>();
  const constants = new Map<string, number>();
  const limits = new Map<string, number>();
  const adam = new Map<string, AdamCall<string>>();

  // Negative numbers: the backend takes those for tensors that it need not delete.
  const place = (tensor: Traced): TensorMetadata => {
    const id = -2 - traced.size;
    traced.set(id, tensor);
    return { id, shape: [...tensor.shape], dtype: tensor.dtype };
  };
  const find = (id: number): Traced => {
    const tensor = traced.get(id);
    if (tensor === undefined) throw new Error('the step uses a tensor that was made outside of it');
    return tensor;
  };
  const createTensor: Binding['createTensor'] = (shape, dtype, values) => {
    const key = values.length <= 16 ? `${dtype}|${shape.join()}|${Array.from(values, String).join()}` : null;
    const known = key === null ? undefined : constants.get(key);
    if (known !== undefined) return known;
    const reference = `${prefix}/constant_${nodes.length}`;
    nodes.push(...constantNode(reference, dtype, shape, values));
    const { id } = place({ reference, shape: [...shape], dtype, constant: values, feed: null });
    if (key !== null) constants.set(key, id);
    return id;
  };
  const executeOp: Binding['executeOp'] = (op, attributes, ids, count) => {
    const inputs = ids.map(find);
    const reference = `${prefix}/${op}_${nodes.length}`;
    nodes.push({
      name: reference,
      op,
      inputs: inputs.map((input) => input.reference),
      attributes: named(real, attributes),
    });
    const limit = limitOf(op, inputs);
    if (limit !== null) limits.set(limit.feed, Math.min(limit.below, limits.get(limit.feed) ?? Infinity));
    const feed = passesOn(op) ? (inputs[0]?.feed ?? null) : null;
    return shapes
      .outputs(op, attributes, inputs, count)
      .map(({ shape, dtype }, output) =>
        place({ reference: output === 0 ? reference : `${reference}:${output}`, shape, dtype, constant: null, feed }),
      );
  };
  const tensorDataSync: Binding['tensorDataSync'] = (id) => {
    const { constant, reference } = find(id);
    if (constant !== null) return constant as Float32Array;
    throw new Error(`a step's numbers cannot be read while it is recorded; those of ${reference} were`);
  };
  const noteAdam = (call: AdamCall<number>): void => {
    adam.set(
      find(call.after[0]).reference,
      mapAdam(call, (id) => find(id).reference),
    );
  };
  const binding = Object.create(real, {
    createTensor: { value: createTensor },
    executeOp: { value: executeOp },
    tensorDataSync: { value: tensorDataSync },
    deleteTensor: { value: () => undefined },
    noteAdam: { value: noteAdam },
    precision: { value: precision },
  }) as Binding;
  const feed = (name: string, { dtype, shape }: FeedSpec) => {
    const reference = `${prefix}/feed/${name}`;
    const attributes = { dtype: typeAttribute(TYPE[dtype]), shape: { kind: 'shape', value: shape } as const };
    nodes.push({ name: reference, op: 'Placeholder', inputs: [], attributes });
    return place({ reference, shape, dtype: TYPE[dtype], constant: null, feed: name });
  };
  return { nodes, adam, limits, binding, feed, place, find };
}

const named = (real: Binding, attributes: readonly Attribute[]): Node['attributes'] =>
  Object.fromEntries(attributes.map((attribute) => [attribute.name, attributeValue(real, attribute)]));
