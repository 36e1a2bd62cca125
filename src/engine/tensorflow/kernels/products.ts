import * as tf from '@tensorflow/tfjs-core';
import { DENSE } from '../../kernels/names.ts';
import { TYPE } from '../backend.ts';
import type { RawKernel } from './raw.ts';

const INT32 = { type: TYPE.int32 };

/** Plain matrices go through MatMul, which oneDNN fuses with what follows it; stacks of them through BatchMatMulV2. */
const matMul: RawKernel = ({ ops, inputs, attributes }) => {
  const [a, b] = [inputs.a!, inputs.b!];
  const [left, right] = [attributes.transposeA === true, attributes.transposeB === true];
  return a.shape.length === 2 && b.shape.length === 2
    ? ops.op('MatMul', [a, b], { transpose_a: left, transpose_b: right })
    : ops.op('BatchMatMulV2', [a, b], { adj_x: left, adj_y: right });
};

const dense: RawKernel = ({ ops, inputs }) => {
  const product = ops.op('MatMul', [inputs.x!, inputs.kernel!], { transpose_a: false, transpose_b: false });
  return ops.op('BiasAdd', [product, inputs.bias!]);
};

/** Unlike tfjs-node's, it does not read the indices: a recording cannot, and a GPU would wait. */
const gather: RawKernel = ({ ops, inputs, attributes }) => {
  const [x, indices] = [inputs.x!, inputs.indices!];
  const types = { Tparams: { type: x.dtype }, Tindices: { type: indices.dtype }, Taxis: INT32 };
  const batch_dims = attributes.batchDims as number;
  return ops.ops('GatherV2', [x, indices, ops.int(attributes.axis as number)], 1, { ...types, batch_dims })[0]!;
};

/** Matrix products, and rows of a table. */
export const PRODUCT_KERNELS: Readonly<Record<string, RawKernel>> = {
  [tf.BatchMatMul]: matMul,
  [DENSE]: dense,
  [tf.GatherV2]: gather,
};
