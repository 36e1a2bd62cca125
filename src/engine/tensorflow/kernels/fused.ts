import * as names from '../../kernels/names.ts';
import { TYPE, type Backend } from '../backend.ts';
import type { Ops, Raw, RawKernel } from './raw.ts';
import { adamw } from './elements.ts';

const gelu: RawKernel = ({ ops, inputs }) => fused(ops, 'Gelu', [inputs.x!]);

const geluGrad: RawKernel = ({ ops, inputs }) => fused(ops, 'GeluGrad', [inputs.dy!, inputs.x!]);

/** The mask of kernels/dropout.ts, applied as it is made. */
const dropout: RawKernel = ({ ops, inputs, attributes }) => {
  const { site, rate } = attributes as { site: number; rate: number };
  const mask = { site, limit: Math.round(rate * 2 ** 32 - 2 ** 31), scale: { float: 1 / (1 - rate) } };
  return ops.ops('GrowbenchDropout', [inputs.x!, inputs.seed!], 1, mask)[0]!;
};

const layerNorm: RawKernel = ({ ops, inputs, attributes }) =>
  ops.ops('GrowbenchLayerNorm', [inputs.x!, inputs.gain!, inputs.bias!], 3, {
    epsilon: { float: attributes.epsilon as number },
  });

const layerNormGrad: RawKernel = ({ ops, inputs }) =>
  ops.ops('GrowbenchLayerNormGrad', [inputs.dy!, inputs.normal!, inputs.inverse!, inputs.gain!], 3, {});

const softmaxGrad: RawKernel = ({ ops, inputs }) => fused(ops, 'SoftmaxGrad', [inputs.y!, inputs.dy!]);

const crossEntropy: RawKernel = ({ ops, inputs }) =>
  ops.ops('GrowbenchCrossEntropy', [inputs.logits!, inputs.labels!], 2, {});

const crossEntropyGrad: RawKernel = ({ ops, inputs }) => fused(ops, 'CrossEntropyGrad', [inputs.y!, inputs.dy!]);

const columnSum: RawKernel = ({ ops, inputs }) => fused(ops, 'ColumnSum', [inputs.x!]);

/** How the names of the ops begin that are compiled into the addon. */
export const OWN_OPS = 'Growbench';

const fused = (ops: Ops, name: string, inputs: readonly Raw[]): Raw => ops.ops(`${OWN_OPS}${name}`, inputs, 1, {})[0]!;

/**
 * Kernels in one or two passes over memory where TensorFlow's own ops take up to twelve, which `engine install` compiles
 * into the addon (assets/tensorflow). They are for the CPU; XLA does not know them.
 */
export const FUSED_KERNELS: Readonly<Record<string, RawKernel>> = {
  [names.GELU]: gelu,
  [names.GELU_GRAD]: geluGrad,
  [names.DROPOUT]: dropout,
  [names.LAYER_NORM]: layerNorm,
  [names.LAYER_NORM_GRAD]: layerNormGrad,
  [names.SOFTMAX_GRAD]: softmaxGrad,
  [names.CROSS_ENTROPY]: crossEntropy,
  [names.CROSS_ENTROPY_GRAD]: crossEntropyGrad,
  [names.COLUMN_SUM]: columnSum,
  [names.ADAMW]: adamw(true),
};

/** Whether the addon has them: the stock package's has not. */
export function hasFusedKernels({ binding }: Pick<Backend, 'binding'>): boolean {
  const x = binding.createTensor([1], TYPE.float32, Float32Array.of(1));
  try {
    for (const { id } of binding.executeOp('GrowbenchGelu', [], [x], 1)) binding.deleteTensor(id);
    return true;
  } catch {
    return false;
  } finally {
    binding.deleteTensor(x);
  }
}
