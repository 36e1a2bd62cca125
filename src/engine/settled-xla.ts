import type { CompileOptions, Engine } from './engine.ts';

/** As a sweep asks for it. */
export type WantedXla = 'auto' | CompileOptions['xla'];

/** `auto` decided as far as the engine alone decides it, so that settings which compute the same are named the same. */
export function settledXla(xla: WantedXla, engine: Engine['name']): WantedXla {
  if (engine === 'wasm') return 'off';
  return engine === 'tensorflow' && xla === 'auto' ? 'off' : xla;
}
