import { createRequire } from 'node:module';
import * as tf from '@tensorflow/tfjs-core';
import type { Backend } from './backend.ts';
import { environmentOf, type TensorFlowOptions } from './options.ts';

/** TensorFlow as loaded into this process. */
export interface Loaded {
  readonly backend: Backend;
  readonly versions: Readonly<Record<string, string>>;
}

/**
 * Loads tfjs-node, and with it the TensorFlow that its addon was built against. `entry` is the path of its main module.
 * The first call of a process settles the options. Throws what Node throws where the package or its addon does not load.
 */
export function loadTensorFlow(entry: string, options: TensorFlowOptions): Loaded {
  Object.assign(process.env, environmentOf(options));
  // The types leave out that there may be none yet.
  const before = tf.getBackend() as string | undefined;
  const require = createRequire(entry);
  restoreUtil(require('node:util') as Record<string, unknown>);
  const { version } = quietly(() => require(entry) as { readonly version: Readonly<Record<string, string>> });
  const backend = tf.findBackend('tensorflow') as unknown as Backend;
  // Loading it puts it in the place of whatever backend was in use.
  if (before !== undefined) void tf.setBackend(before);
  const versions = {
    '@tensorflow/tfjs-core': tf.version_core,
    '@tensorflow/tfjs-node': version['tfjs-node'] ?? 'unknown',
    tensorflow: backend.binding.TF_Version,
    node: process.versions.node,
  };
  return { backend, versions };
}

/** tfjs-node calls two functions that Node 23 took away. */
function restoreUtil(own: Record<string, unknown>): void {
  own.isNullOrUndefined ??= (value: unknown) => value === null || value === undefined;
  own.isArray ??= (value: unknown) => Array.isArray(value);
}

/** Without tfjs's warnings: that there are two copies of it is meant, and they share one engine. */
function quietly<T>(work: () => T): T {
  const before = tf.env().getBool('PROD');
  tf.env().set('PROD', true);
  try {
    return work();
  } finally {
    tf.env().set('PROD', before);
  }
}
