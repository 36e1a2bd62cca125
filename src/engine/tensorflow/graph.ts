import { bytes, float, integer, message, type Field } from './protobuf.ts';

/** An attribute's value, in the forms of TensorFlow's AttrValue that a recorded step needs. */
export type AttributeValue =
  | { readonly kind: 'type' | 'int' | 'float'; readonly value: number }
  | { readonly kind: 'bool'; readonly value: boolean }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'ints' | 'floats'; readonly value: readonly number[] }
  | { readonly kind: 'shape'; readonly value: readonly number[] }
  | { readonly kind: 'tensor'; readonly value: TensorValue };

export interface TensorValue {
  readonly dtype: number;
  readonly shape: readonly number[];
  /** Row-major, little-endian. */
  readonly content: Uint8Array;
}

/** An op of a graph. An input is a node's name (its first output), `name:1`, or `^name` for "only after". */
export interface Node {
  readonly name: string;
  readonly op: string;
  readonly inputs: readonly string[];
  readonly attributes: Readonly<Record<string, AttributeValue>>;
}

/** The graph version that TensorFlow 2.21 writes, and the oldest reader that its ops allow. */
const VERSIONS = { producer: 1882, minConsumer: 12 };

/** The tag under which the one graph of our saved models is found. */
export const TAG = 'serve';

/**
 * A SavedModel of one graph, as the bytes of saved_model.pb (tensorflow/core/protobuf/saved_model.proto, and the
 * messages that it is made of). It has no signatures: whoever runs it names the nodes to feed and to fetch.
 */
export function savedModel(nodes: readonly Node[]): Uint8Array {
  const versions = message(4, [integer(1, VERSIONS.producer), integer(2, VERSIONS.minConsumer)]);
  const graph = message(2, [...nodes.map((node) => message(1, nodeFields(node))), versions]);
  const info = message(1, [bytes(4, TAG)]);
  return Buffer.concat([integer(1, 1), message(2, [info, graph])]);
}

function nodeFields({ name, op, inputs, attributes }: Node): Field[] {
  const entries = Object.entries(attributes).map(([key, value]) =>
    message(5, [bytes(1, key), message(2, [attributeField(value)])]),
  );
  return [bytes(1, name), bytes(2, op), ...inputs.map((input) => bytes(3, input)), ...entries];
}

function attributeField(attribute: AttributeValue): Field {
  switch (attribute.kind) {
    case 'string':
      return bytes(2, attribute.value);
    case 'int':
      return integer(3, attribute.value);
    case 'float':
      return float(4, attribute.value);
    case 'bool':
      return integer(5, attribute.value);
    case 'type':
      return integer(6, attribute.value);
    case 'shape':
      return message(7, shapeFields(attribute.value));
    case 'tensor':
      return message(8, tensorFields(attribute.value));
    case 'ints':
      return message(
        1,
        attribute.value.map((item) => integer(3, item)),
      );
    case 'floats':
      return message(
        1,
        attribute.value.map((item) => float(4, item)),
      );
  }
}

const shapeFields = (shape: readonly number[]): Field[] => shape.map((size) => message(2, [integer(1, size)]));

const tensorFields = ({ dtype, shape, content }: TensorValue): Field[] => [
  integer(1, dtype),
  message(2, shapeFields(shape)),
  bytes(4, content),
];
