import * as tf from '@tensorflow/tfjs-core';
import { ELEMENTWISE_GRADIENTS } from './elementwise.ts';
import { STRUCTURE_GRADIENTS } from './structure.ts';

/**
 * Makes tfjs differentiate the kernels that an encoder is made of. tfjs-core has gradients of its own, but only in a
 * build that Node cannot import. Kernels that already have a gradient keep it.
 */
export function registerGradients(): void {
  for (const config of [...ELEMENTWISE_GRADIENTS, ...STRUCTURE_GRADIENTS]) {
    // The types leave out that a kernel may have none.
    const known = tf.getGradient(config.kernelName) as tf.GradConfig | undefined;
    if (known === undefined) tf.registerGradient(config);
  }
}
