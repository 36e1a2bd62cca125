import type { Engine } from './engine.ts';
import { openWasm } from './wasm.ts';

/** An engine and, for people, why it and not another. */
export interface Choice {
  readonly engine: Engine;
  readonly why: string;
}

interface Candidate {
  readonly name: Engine['name'];
  readonly open: () => Promise<Engine>;
  readonly about: string;
}

/** Best first: `auto` takes the first that opens. The last is always there. */
const CANDIDATES: readonly Candidate[] = [
  { name: 'wasm', open: openWasm, about: 'the embedded WebAssembly engine: slow, but always there' },
];

/**
 * The engine that was asked for, or with `auto` the best that opens. Throws what the engine threw where the one that
 * was named, or the last one left, does not open.
 */
export async function openEngine(wanted: 'auto' | Engine['name']): Promise<Choice> {
  const failures: string[] = [];
  const candidates = CANDIDATES.filter(({ name }) => ['auto', name].includes(wanted));
  for (const [i, { name, open, about }] of candidates.entries()) {
    try {
      return { engine: await open(), why: [about, ...failures].join('; ') };
    } catch (error) {
      if (i === candidates.length - 1) throw error;
      failures.push(`${name} did not open: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  throw new Error(`there is no engine "${wanted}"`);
}
