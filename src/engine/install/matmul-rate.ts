import * as tf from '@tensorflow/tfjs-core';
import type { Engine } from '../engine.ts';

/** Products in one call, so that what a call costs by itself does not count. */
const CHAIN = 4;
const WARM_UP_CALLS = 2;
const LEAST_SECONDS = 0.5;

/**
 * GFLOP/s of products of square matrices on the engine, the best of half a second or more: a machine's other work can
 * only slow it. On a GPU `size` must be larger to keep it busy.
 */
export async function matmulRate(engine: Engine, size: number): Promise<number> {
  const values = Float32Array.from({ length: size * size }, (_, i) => Math.sin(i));
  // Divided by the size of a row's sum of products, so that repeated products neither overflow nor become denormal.
  const factor = values.map((value) => value / Math.sqrt(size / 2));
  const shape = [size, size];
  const state = new Map([
    ['product', { shape, values }],
    ['factor', { shape, values: factor }],
  ]);
  const step = (entries: Readonly<Record<string, tf.Tensor>>) => {
    let product = entries.product!;
    for (let i = 0; i < CHAIN; i++) product = tf.matMul(product, entries.factor!);
    return { outputs: { sum: tf.sum(product) } };
  };
  const program = await engine.compile({ multiply: { feeds: {}, step } }, state);
  try {
    for (let call = 0; call < WARM_UP_CALLS; call++) await program.run('multiply', {});
    let best = Number.POSITIVE_INFINITY;
    const end = performance.now() + LEAST_SECONDS * 1000;
    while (performance.now() < end) {
      const started = performance.now();
      await program.run('multiply', {});
      best = Math.min(best, performance.now() - started);
    }
    return (CHAIN * 2 * size ** 3) / (best * 1e6);
  } finally {
    program.dispose();
  }
}
