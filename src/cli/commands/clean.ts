import { removeStates, sparedStates } from '../../run/kept-states.ts';
import { leftovers, removeLeftovers } from '../../run/leftovers.ts';
import { cacheFolder } from '../cache.ts';
import { EXIT } from '../exit.ts';
import { engineering } from '../format.ts';
import type { Io } from '../io.ts';
import type { CleanOptions } from '../results-grammar.ts';

/** Something that takes room on the disk and is not needed. */
interface Removable {
  readonly path: string;
  readonly bytes: number;
}

/**
 * `growbench clean`: removes what killed processes have left unfinished in the cache, and the states and checkpoints of
 * training that no unfinished sweep of a results folder needs; never what a process is working on, never a record. With
 * `--dry-run` it is only listed.
 */
export async function clean(options: CleanOptions, io: Pick<Io, 'stdout' | 'stderr' | 'env'>): Promise<number> {
  const cache = cacheFolder(io.env);
  const { results } = options;
  const found = { leftovers: await leftovers(cache), states: await sparedStates(results) };
  const removed = options.dryRun !== true;
  if (removed) {
    await removeLeftovers(found.leftovers);
    await removeStates(found.states);
  }
  if (options.json === true) {
    const bytes = total([...found.leftovers, ...found.states]);
    io.stdout.write(`${JSON.stringify({ cache, results, removed, bytes, ...found }, null, 2)}\n`);
    return EXIT.done;
  }
  for (const { path, bytes } of [...found.leftovers, ...found.states]) {
    io.stdout.write(`${engineering(bytes)}B  ${path}\n`);
  }
  io.stderr.write(`${cache}: ${outcome(found.leftovers, removed)}\n${results}: ${outcome(found.states, removed)}\n`);
  return EXIT.done;
}

const total = (found: readonly Removable[]): number => found.reduce((sum, { bytes }) => sum + bytes, 0);

function outcome(found: readonly Removable[], removed: boolean): string {
  if (found.length === 0) return 'nothing is left over';
  return `${engineering(total(found))}B ${removed ? 'removed' : 'left over'}`;
}
