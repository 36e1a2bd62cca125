import { availableParallelism } from 'node:os';
import { registerGradient } from '@tensorflow/tfjs-core';
import { UserError } from '../../errors.ts';
import type { CompileOptions, Engine } from '../engine.ts';
import { ELEMENTWISE_GRADIENTS } from '../gradients/elementwise.ts';
import { STRUCTURE_GRADIENTS } from '../gradients/structure.ts';
import { checkPrecision } from '../precision.ts';
import { DROPOUT_KERNELS } from './kernels/dropout.ts';
import { ELEMENT_KERNELS } from './kernels/elements.ts';
import { FUSED_KERNELS, hasFusedKernels } from './kernels/fused.ts';
import { PRODUCT_KERNELS } from './kernels/products.ts';
import { registerRawKernels } from './kernels/raw.ts';
import { ROW_KERNELS } from './kernels/rows.ts';
import { loadTensorFlow } from './load.ts';
import type { TensorFlowOptions } from './options.ts';
import { compileProgram } from './program.ts';
import { openShapes } from './shapes.ts';

/** Where an engine lies, and how it is to work. */
export interface TensorFlowPlace extends Partial<TensorFlowOptions> {
  /** The path of tfjs-node's main module, as `findEngines` gives it. */
  readonly entry: string;
}

const PLAIN: CompileOptions = { precision: 'fp32', xla: 'off' };

/**
 * TensorFlow through tfjs-node's addon. Every compiled function is one call of a graph that was recorded once. Options
 * count at the first call of a process only. Throws a UserError where a card is demanded and none is used, and what
 * Node throws where the addon does not load.
 */
export function openTensorFlow({ entry, ...wanted }: TensorFlowPlace): Engine {
  const options: TensorFlowOptions = { threads: availableParallelism(), device: 'any', ...wanted };
  const { backend, versions } = loadTensorFlow(entry, options);
  const name = backend.binding.isUsingGpuDevice() ? 'cuda' : 'tensorflow';
  if (options.device === 'cuda' && name !== 'cuda') throw noCard();
  // In the place of those that tfjs-node brings along, so that every engine differentiates alike.
  for (const config of [...ELEMENTWISE_GRADIENTS, ...STRUCTURE_GRADIENTS]) registerGradient(config);
  registerRawKernels({ ...PRODUCT_KERNELS, ...ROW_KERNELS, ...ELEMENT_KERNELS, ...DROPOUT_KERNELS });
  // They are compiled for the processor only.
  const fused = name === 'tensorflow' && hasFusedKernels(backend);
  if (fused) registerRawKernels(FUSED_KERNELS);
  const machinery = { backend, shapes: openShapes(backend.binding) };
  const { threads } = options;
  const device = `${name === 'cuda' ? 'CUDA' : 'cpu'}, TensorFlow ${backend.binding.TF_Version}`;
  return {
    name,
    device: `${device}, ${threads === 1 ? '1 thread' : `${threads} threads`}`,
    versions: { ...versions, kernels: fused ? 'fused' : 'composed' },
    threads,
    // On a card, sums over rows that share an index are added up in whatever order they come.
    repeatable: name === 'tensorflow',
    compile: async (functions, state, { precision, xla } = PLAIN) => {
      checkPrecision(precision, name);
      return compileProgram(machinery, functions, state, { precision, xla: xla === 'on' });
    },
  };
}

export const noCard = (): UserError =>
  new UserError(
    'TensorFlow finds no NVIDIA card that it can use',
    'See what growbench engine doctor says of it, or name engine: tensorflow, which runs on the CPU too.',
  );
