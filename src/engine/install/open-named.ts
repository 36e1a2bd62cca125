import { findEngines } from './find.ts';
import { growbenchHome, type Environment } from './home.ts';
import type { Opened } from './probe.ts';

/** Opens an installed engine by its folder's name, or lets `auto` and `wasm` be chosen as in a sweep. */
export async function openNamed(name: string, env: Environment): Promise<Opened> {
  const installed = findEngines(growbenchHome(env)).find((engine) => engine.name === name);
  if (installed !== undefined) {
    const { openTensorFlow } = await import('../tensorflow/engine.ts');
    return { engine: openTensorFlow({ entry: installed.entry }), why: `${name} was named` };
  }
  if (name !== 'auto' && name !== 'wasm') throw new Error(`there is no engine "${name}"`);
  const { openEngine } = await import('../choose.ts');
  return openEngine(name);
}
