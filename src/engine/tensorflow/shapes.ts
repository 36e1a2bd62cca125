import { TYPE, type Attribute, type Binding } from './backend.ts';
import type { Traced } from './record.ts';

/** The shapes and types that ops give for inputs of given shapes and types. */
export interface Shapes {
  outputs(op: string, attributes: readonly Attribute[], inputs: readonly Traced[], count: number): readonly Form[];
}

interface Form {
  readonly shape: readonly number[];
  readonly dtype: number;
}

/** Ops whose output's shape depends on numbers, which a recording has not. */
const UNPREDICTABLE: readonly string[] = ['Where', 'Unique', 'UniqueV2', 'BooleanMask', 'NonMaxSuppressionV3'];

/**
 * TensorFlow itself tells them: each op runs once per form of its inputs, alone, on zeros (constants as they are).
 * A recording thus never holds more than one op's tensors, and equal layers cost as much as one.
 */
export function openShapes(binding: Binding): Shapes {
  const known = new Map<string, readonly Form[]>();
  return {
    outputs: (op, attributes, inputs, count) => {
      if (UNPREDICTABLE.includes(op))
        throw new Error(`${op} cannot be recorded: the shape it gives depends on numbers`);
      const key = JSON.stringify([op, attributes, count, inputs.map(describe)]);
      const forms = known.get(key) ?? tryOut(binding, op, attributes, inputs, count);
      known.set(key, forms);
      return forms;
    },
  };
}

const small = ({ constant }: Traced): boolean => constant !== null && constant.length <= 16;

const describe = (input: Traced): unknown =>
  small(input) ? [input.dtype, input.shape, Array.from(input.constant!)] : [input.dtype, input.shape];

function tryOut(
  binding: Binding,
  op: string,
  attributes: readonly Attribute[],
  inputs: readonly Traced[],
  count: number,
): readonly Form[] {
  const ids = inputs.map((input, position) => standIn(binding, input, divides(op, position) ? 1 : 0));
  try {
    const results = binding.executeOp(op, attributes, ids, count);
    for (const { id } of results) binding.deleteTensor(id);
    return results.map(({ shape, dtype }) => ({ shape, dtype }));
  } finally {
    for (const id of ids) binding.deleteTensor(id);
  }
}

/** Integers cannot be divided by 0. */
const divides = (op: string, position: number): boolean => position === 1 && /(Div|Mod)$/.test(op);

function standIn(binding: Binding, { shape, dtype, constant }: Traced, value: 0 | 1): number {
  if (constant !== null && constant.length <= 16) return binding.createTensor(shape, dtype, constant);
  const dims = binding.createTensor([shape.length], TYPE.int32, Int32Array.from(shape));
  const plain = binding.createTensor([], TYPE.int32, Int32Array.of(value));
  const attribute = (name: string, of: number): Attribute => ({ name, type: binding.TF_ATTR_TYPE, value: of });
  const single = binding.executeOp('Cast', [attribute('SrcT', TYPE.int32), attribute('DstT', dtype)], [plain], 1)[0]!;
  const fill = binding.executeOp(
    'Fill',
    [attribute('T', dtype), attribute('index_type', TYPE.int32)],
    [dims, single.id],
    1,
  )[0]!;
  for (const id of [dims, plain, single.id]) binding.deleteTensor(id);
  return fill.id;
}
