import { TYPE, type Attribute, type Binding, type Values } from './backend.ts';
import type { AttributeValue, Node } from './graph.ts';

export const typeAttribute = (value: number): AttributeValue => ({ kind: 'type', value });

/** An addon call's attribute as the graph has it. Throws for kinds of attribute that no op of ours has. */
export function attributeValue(binding: Binding, { name, type, value }: Attribute): AttributeValue {
  switch (type) {
    case binding.TF_ATTR_TYPE:
      return { kind: 'type', value: value as number };
    case binding.TF_ATTR_BOOL:
      return { kind: 'bool', value: value as boolean };
    case binding.TF_ATTR_STRING:
      return { kind: 'string', value: value as string };
    case binding.TF_ATTR_SHAPE:
      return { kind: 'shape', value: value as number[] };
    case binding.TF_ATTR_INT:
      return Array.isArray(value)
        ? { kind: 'ints', value: value as number[] }
        : { kind: 'int', value: value as number };
    case binding.TF_ATTR_FLOAT:
      return Array.isArray(value)
        ? { kind: 'floats', value: value as number[] }
        : { kind: 'float', value: value as number };
    default:
      throw new Error(`attribute "${name}" is of a kind that cannot be recorded: ${type}`);
  }
}

/** Nodes that make a constant, the last one called `name`. One number many times is a Fill: a graph of zeros stays small. */
export function constantNode(name: string, dtype: number, shape: readonly number[], values: Values): Node[] {
  const first = values[0];
  if (values.length <= 16 || first === undefined || !values.every((value: number) => value === first)) {
    return [literal(name, dtype, shape, values)];
  }
  const attributes = { T: typeAttribute(dtype), index_type: typeAttribute(TYPE.int32) };
  return [
    literal(`${name}/shape`, TYPE.int32, [shape.length], shape),
    literal(`${name}/value`, dtype, [], [first]),
    { name, op: 'Fill', inputs: [`${name}/shape`, `${name}/value`], attributes },
  ];
}

/** A Const node. Throws for types of which tfjs makes no constants. */
export function literal(name: string, dtype: number, shape: readonly number[], values: Values): Node {
  const value = { dtype, shape, content: content(dtype, values) };
  return {
    name,
    op: 'Const',
    inputs: [],
    attributes: { dtype: typeAttribute(dtype), value: { kind: 'tensor', value } },
  };
}

function content(dtype: number, values: Values): Uint8Array {
  switch (dtype) {
    case TYPE.float32:
      return new Uint8Array(Float32Array.from(values).buffer);
    case TYPE.int32:
      return new Uint8Array(Int32Array.from(values).buffer);
    case TYPE.bool:
      return Uint8Array.from(values);
    default:
      throw new Error(`there are no constants of TensorFlow's type ${dtype}`);
  }
}
