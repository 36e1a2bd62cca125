import { createRequire } from 'node:module';
import { findEngines } from '../install/find.ts';
import { growbenchHome, type Environment } from '../install/home.ts';

/** The package as npm installs it, with the TensorFlow it downloads. Rarely there: its download does not reach everyone. */
const STOCK = ['@tensorflow/tfjs-node-gpu', '@tensorflow/tfjs-node'] as const;

/**
 * The main module of the best tfjs-node of this machine: one that `growbench engine install` put in place, else the
 * stock package; null where there is none. Whether it loads is not tried.
 */
export const tensorFlowEntry = (env: Environment): string | null =>
  findEngines(growbenchHome(env))[0]?.entry ?? stockEntry();

function stockEntry(): string | null {
  const { resolve } = createRequire(import.meta.url);
  for (const name of STOCK) {
    try {
      return resolve(name);
    } catch {
      // Not installed: the ordinary case.
    }
  }
  return null;
}
