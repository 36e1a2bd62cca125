import { CROSS_ENTROPY, CROSS_ENTROPY_GRAD, LAYER_NORM, LAYER_NORM_GRAD, SOFTMAX_GRAD } from '../../kernels/names.ts';
import { TYPE } from '../backend.ts';
import type { Ops, Raw, RawKernel } from './raw.ts';

const REDUCTION = { Tidx: { type: TYPE.int32 } };

const sumOver = (ops: Ops, x: Raw, axes: readonly number[], keep_dims: boolean): Raw =>
  ops.op('Sum', [x, ops.ints(axes)], { ...REDUCTION, keep_dims });

const meanOfRows = (ops: Ops, x: Raw): Raw =>
  ops.op('Mean', [x, ops.ints([x.shape.length - 1])], { ...REDUCTION, keep_dims: true });

/** Gives y, the rows before gain and bias, and one over each row's standard deviation. */
const layerNorm: RawKernel = ({ ops, inputs, attributes }) => {
  const x = inputs.x!;
  const centred = ops.op('Sub', [x, meanOfRows(ops, x)]);
  const variance = meanOfRows(ops, ops.op('Square', [centred]));
  const inverse = ops.op('Rsqrt', [ops.op('AddV2', [variance, ops.float(attributes.epsilon as number)])]);
  const normal = ops.op('Mul', [centred, inverse]);
  const y = ops.op('AddV2', [ops.op('Mul', [normal, inputs.gain!]), inputs.bias!]);
  return [y, normal, inverse];
};

const layerNormGrad: RawKernel = ({ ops, inputs }) => {
  const [dy, normal, inverse, gain] = [inputs.dy!, inputs.normal!, inputs.inverse!, inputs.gain!];
  const rows = dy.shape.slice(0, -1).map((_, axis) => axis);
  const scaled = ops.op('Mul', [dy, gain]);
  const along = meanOfRows(ops, ops.op('Mul', [scaled, normal]));
  const rest = ops.op('Sub', [scaled, ops.op('AddV2', [meanOfRows(ops, scaled), ops.op('Mul', [normal, along])])]);
  const dx = ops.op('Mul', [rest, inverse]);
  return [dx, sumOver(ops, ops.op('Mul', [dy, normal]), rows, false), sumOver(ops, dy, rows, false)];
};

const softmaxGrad: RawKernel = ({ ops, inputs }) => {
  const [y, dy] = [inputs.y!, inputs.dy!];
  const total = sumOver(ops, ops.op('Mul', [dy, y]), [y.shape.length - 1], true);
  return ops.op('Mul', [ops.op('Sub', [dy, total]), y]);
};

/** Gives the loss of each row, and its gradient: TensorFlow's op makes both in one pass over the logits. */
const crossEntropy: RawKernel = ({ ops, inputs }) =>
  ops.ops('SparseSoftmaxCrossEntropyWithLogits', [inputs.logits!, inputs.labels!], 2, {
    T: { type: TYPE.float32 },
    Tlabels: { type: TYPE.int32 },
  });

const crossEntropyGrad: RawKernel = ({ ops, inputs }) => {
  const dy = ops.op('ExpandDims', [inputs.dy!, ops.int(1)], { Tdim: { type: TYPE.int32 } });
  return ops.op('Mul', [inputs.y!, dy]);
};

/** Kernels that work on rows of the last axis. */
export const ROW_KERNELS: Readonly<Record<string, RawKernel>> = {
  [LAYER_NORM]: layerNorm,
  [LAYER_NORM_GRAD]: layerNormGrad,
  [SOFTMAX_GRAD]: softmaxGrad,
  [CROSS_ENTROPY]: crossEntropy,
  [CROSS_ENTROPY_GRAD]: crossEntropyGrad,
};
