import type { HostTensors } from '../engine/engine.ts';
import { lastCheckpoint, writeCheckpointAt } from './node-state.ts';
import type { TensorFile } from './tensor-file.ts';

/** What is to be done with a node's state while it runs. A point is all that must be known besides the tensors. */
export interface Checkpoints<Point> {
  /** Where an attempt before this one got to: the last checkpoint that is whole and fits; null where there is none. */
  readonly last: (fits?: (found: TensorFile<Point>) => boolean) => Promise<TensorFile<Point> | null>;
  /** Called between steps and before it rejects; `read` gives the tensors that the point is of. */
  readonly keep: (point: () => Point, read: () => Promise<HostTensors>, why: 'in between' | 'stopped') => Promise<void>;
}

/**
 * A node's checkpoints in its folder: one every `every` seconds, and one when it is stopped. A point's `done` counts
 * what is done, over all attempts.
 */
export function nodeCheckpoints<Point extends { readonly done: number }>(
  nodes: string,
  address: string,
  every: number,
): Checkpoints<Point> {
  let at = performance.now();
  // Nothing is gained by coming back to the beginning.
  let done = 0;
  return {
    last: async (fits) => {
      const found = await lastCheckpoint(nodes, address, fits);
      done = found?.known.done ?? 0;
      return found;
    },
    keep: async (point, read, why) => {
      if (why === 'in between' && performance.now() - at < 1000 * every) return;
      const now = point();
      if (now.done > done) await writeCheckpointAt(nodes, address, await read(), now);
      [done, at] = [now.done, performance.now()];
    },
  };
}
