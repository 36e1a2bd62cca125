import { UserError } from '../errors.ts';
import type { Engine } from './engine.ts';
import type { Environment } from './install/home.ts';
import { tensorFlowEntry } from './tensorflow/entry.ts';

/**
 * The engine that a sweep runs on, settled before any cell is named and without loading any: `auto` is TensorFlow where
 * it is in place, else WebAssembly. Throws a UserError where a named engine is not there.
 */
export function settleEngine(wanted: 'auto' | Engine['name'], env: Environment): Engine['name'] {
  if (wanted === 'wasm') return 'wasm';
  if (tensorFlowEntry(env) !== null) return 'tensorflow';
  if (wanted === 'tensorflow') throw noTensorFlow();
  return 'wasm';
}

export const noTensorFlow = (): UserError =>
  new UserError('no TensorFlow engine is installed', 'Put one in place with "growbench engine install".');
