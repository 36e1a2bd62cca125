import type { Engine } from '../engine.ts';
import { noTensorFlow } from '../settle.ts';
import { openTensorFlow } from './engine.ts';
import { tensorFlowEntry } from './entry.ts';
import type { TensorFlowOptions } from './options.ts';

/**
 * The best TensorFlow engine of this machine. Throws a UserError where there is none, and what Node throws where the
 * one found does not load.
 */
export function openInstalledTensorFlow(options: Partial<TensorFlowOptions>): Engine {
  const entry = tensorFlowEntry(process.env);
  if (entry === null) throw noTensorFlow();
  return openTensorFlow({ entry, ...options });
}
