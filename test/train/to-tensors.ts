import * as tf from '@tensorflow/tfjs-core';
import type { HostTensors } from '../../src/engine/engine.ts';

/** Numbers from outside as tensors of the current backend; the caller disposes them (or calls inside tf.tidy). */
export function toTensors(host: HostTensors): Record<string, tf.Tensor> {
  return Object.fromEntries([...host].map(([name, { shape, values }]) => [name, tf.tensor(values, [...shape])]));
}
