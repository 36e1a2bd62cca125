import { createRequire } from 'node:module';
import { UserError } from '../../errors.ts';
import type { Engine } from '../engine.ts';
import { findEngines } from '../install/find.ts';
import { growbenchHome } from '../install/home.ts';
import { openTensorFlow } from './engine.ts';
import type { TensorFlowOptions } from './options.ts';

/** The package as npm installs it, with the TensorFlow it downloads. Rarely there: its download does not reach everyone. */
const STOCK = ['@tensorflow/tfjs-node-gpu', '@tensorflow/tfjs-node'] as const;

/**
 * The best TensorFlow engine of this machine: one that `growbench engine install` put in place, else the stock package.
 * Throws a UserError where there is none, and what Node throws where the one found does not load.
 */
export function openInstalledTensorFlow(options: Partial<TensorFlowOptions>): Engine {
  const entry = findEngines(growbenchHome(process.env))[0]?.entry ?? stockEntry();
  if (entry === null) {
    throw new UserError('No TensorFlow engine is installed.', 'Put one in place with `growbench engine install`.');
  }
  return openTensorFlow({ entry, ...options });
}

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
