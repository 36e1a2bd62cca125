import { availableParallelism } from 'node:os';
import type { Engine } from '../engine.ts';
import { registerGradient } from '@tensorflow/tfjs-core';
import { ELEMENTWISE_GRADIENTS } from '../gradients/elementwise.ts';
import { STRUCTURE_GRADIENTS } from '../gradients/structure.ts';
import { DROPOUT_KERNELS } from './kernels/dropout.ts';
import { ELEMENT_KERNELS } from './kernels/elements.ts';
import { productKernels } from './kernels/products.ts';
import { FUSED_KERNELS, hasFusedKernels } from './kernels/fused.ts';
import { registerRawKernels } from './kernels/raw.ts';
import { ROW_KERNELS } from './kernels/rows.ts';
import { loadTensorFlow } from './load.ts';
import type { TensorFlowOptions } from './options.ts';
import { checkPrecision } from './precision.ts';
import { compileProgram } from './program.ts';
import { openShapes } from './shapes.ts';

/** Where an engine lies, and how it is to work. */
export interface TensorFlowPlace extends Partial<TensorFlowOptions> {
  /** The path of tfjs-node's main module, as `findEngines` gives it. */
  readonly entry: string;
}

/**
 * TensorFlow through tfjs-node's addon. Every compiled function is one call of a graph that was recorded once. Options
 * count at the first call of a process only. Throws a UserError for a precision that the machine lacks, and what Node throws where the addon does not load.
 */
export function openTensorFlow({ entry, ...wanted }: TensorFlowPlace): Engine {
  const options: TensorFlowOptions = { precision: 'fp32', xla: false, threads: availableParallelism(), ...wanted };
  const { backend, versions } = loadTensorFlow(entry, options);
  checkPrecision(options.precision, backend.binding.isUsingGpuDevice());
  // In the place of those that tfjs-node brings along, so that every engine differentiates alike.
  for (const config of [...ELEMENTWISE_GRADIENTS, ...STRUCTURE_GRADIENTS]) registerGradient(config);
  registerRawKernels({ ...productKernels(options.precision), ...ROW_KERNELS, ...ELEMENT_KERNELS, ...DROPOUT_KERNELS });
  // They are compiled for the processor only.
  if (!backend.binding.isUsingGpuDevice() && hasFusedKernels(backend)) registerRawKernels(FUSED_KERNELS);
  const machinery = { backend, shapes: openShapes(backend.binding), fuse: !options.xla };
  const kind = backend.binding.isUsingGpuDevice() ? 'CUDA' : 'cpu';
  const { precision, xla, threads } = options;
  return {
    name: 'tensorflow',
    device: `${kind}, TensorFlow ${backend.binding.TF_Version}, ${precision}${xla ? ', XLA' : ''}, ${threads} threads`,
    versions,
    workers: () => 1,
    compile: (functions, state) => compileProgram(machinery, functions, state),
  };
}
