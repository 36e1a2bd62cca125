import * as tf from '@tensorflow/tfjs-core';
import { DENSE } from '../../kernels/names.ts';
import { TYPE } from '../backend.ts';
import type { Ops, Raw, RawKernel } from './raw.ts';

const INT32 = { type: TYPE.int32 };

/** How matrices are multiplied: as they are, or rounded to bfloat16 before and widened again after. */
type Product = (ops: Ops, a: Raw, b: Raw, compute: (a: Raw, b: Raw) => Raw) => Raw;

const exact: Product = (_, a, b, compute) => compute(a, b);

const rounded: Product = (ops, a, b, compute) => {
  const cast = (x: Raw, from: number, to: number) =>
    ops.ops('Cast', [x], 1, { SrcT: { type: from }, DstT: { type: to } })[0]!;
  if (a.dtype !== TYPE.float32) return compute(a, b);
  const narrow = (x: Raw) => cast(x, TYPE.float32, TYPE.bfloat16);
  return cast(compute(narrow(a), narrow(b)), TYPE.bfloat16, TYPE.float32);
};

const productOf = ({ precision }: Ops): Product => (precision === 'bf16' ? rounded : exact);

/** Plain matrices go through MatMul, which oneDNN fuses with what follows it; stacks of them through BatchMatMulV2. */
const matMul: RawKernel = ({ ops, inputs, attributes }) => {
  const [left, right] = [attributes.transposeA === true, attributes.transposeB === true];
  const plain = inputs.a!.shape.length === 2 && inputs.b!.shape.length === 2;
  return productOf(ops)(ops, inputs.a!, inputs.b!, (a, b) =>
    plain
      ? ops.op('MatMul', [a, b], { transpose_a: left, transpose_b: right })
      : ops.op('BatchMatMulV2', [a, b], { adj_x: left, adj_y: right }),
  );
};

const dense: RawKernel = ({ ops, inputs }) => {
  const output = productOf(ops)(ops, inputs.x!, inputs.kernel!, (x, kernel) =>
    ops.op('MatMul', [x, kernel], { transpose_a: false, transpose_b: false }),
  );
  return ops.op('BiasAdd', [output, inputs.bias!]);
};

/** Unlike tfjs-node's, it does not read the indices: a recording cannot, and a GPU would wait. */
const gather: RawKernel = ({ ops, inputs, attributes }) => {
  const [x, indices] = [inputs.x!, inputs.indices!];
  const types = { Tparams: { type: x.dtype }, Tindices: { type: indices.dtype }, Taxis: INT32 };
  const batch_dims = attributes.batchDims as number;
  return ops.ops('GatherV2', [x, indices, ops.int(attributes.axis as number)], 1, { ...types, batch_dims })[0]!;
};

/** Matrix products in the precision of the recording, and rows of a table. */
export const PRODUCT_KERNELS: Readonly<Record<string, RawKernel>> = {
  [tf.BatchMatMul]: matMul,
  [DENSE]: dense,
  [tf.GatherV2]: gather,
};
