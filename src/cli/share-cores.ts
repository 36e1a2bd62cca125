import type { EngineName } from '../run/spec.ts';

/** Worker processes side by side, and the threads of each. */
export interface Workers {
  readonly jobs: number;
  readonly threads: number;
}

/**
 * How the workers of a sweep share a machine of `cores` cores, so that they never have more threads than it has cores.
 * Without a number of jobs from the user: TensorFlow's operations use every core they are given, and a card serves one
 * process best, so one worker has it all, and each of several `cards` one; WebAssembly computes on one thread, so every core has a worker.
 */
export function shareCores(engine: EngineName, cores: number, cards: number, wanted?: number): Workers {
  switch (engine) {
    case 'wasm':
      return { jobs: wanted ?? cores, threads: 1 };
    case 'tensorflow':
    case 'cuda': {
      const jobs = wanted ?? Math.max(1, cards);
      return { jobs, threads: Math.max(1, Math.floor(cores / jobs)) };
    }
  }
}
