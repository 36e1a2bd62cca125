import { UserError } from '../errors.ts';
import type { Engine } from './engine.ts';
import type { TensorFlowOptions } from './tensorflow/options.ts';
import { openWasm } from './wasm.ts';

/** An engine and, for people, why it and not another. */
export interface Choice {
  readonly engine: Engine;
  readonly why: string;
}

/** How an engine that was settled on is opened. */
export interface Opening {
  /** The main module of the tfjs-node to load (see `settleEngine`); the embedded engine needs none. */
  readonly entry?: string | null;
  readonly why?: string;
  /** Of the native engine; left out, all that the machine has. */
  readonly threads?: number;
}

/**
 * Opens an engine in this process, which then stays the only one of its kind here. Throws what Node throws where
 * tfjs-node's addon does not load, and a UserError where `cuda` finds no card.
 */
export async function openEngine(
  name: Engine['name'],
  { entry = null, why = `${name} was named`, threads }: Opening = {},
): Promise<Choice> {
  if (name === 'wasm') return { engine: await openWasm(), why };
  if (entry === null) {
    throw new UserError(`${name} was named, but not where it lies`, 'Put it in place with "growbench engine install".');
  }
  // Only where it is wanted: it is no small part of what a worker loads.
  const { openTensorFlow } = await import('./tensorflow/engine.ts');
  const device: TensorFlowOptions['device'] = name === 'cuda' ? 'cuda' : 'cpu';
  return { engine: openTensorFlow({ entry, device, ...(threads === undefined ? {} : { threads }) }), why };
}
