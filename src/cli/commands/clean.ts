import { leftovers, removeLeftovers } from '../../run/leftovers.ts';
import { cacheFolder } from '../cache.ts';
import { EXIT } from '../exit.ts';
import { engineering } from '../format.ts';
import type { Io } from '../io.ts';
import type { CleanOptions } from '../results-grammar.ts';

/**
 * `growbench clean`: removes from the cache what killed processes have left unfinished, never what a process is working
 * on or what is finished. With `--dry-run` it is only listed.
 */
export async function clean(options: CleanOptions, io: Pick<Io, 'stdout' | 'stderr' | 'env'>): Promise<number> {
  const cache = cacheFolder(io.env);
  const found = await leftovers(cache);
  const total = found.reduce((sum, { bytes }) => sum + bytes, 0);
  const removed = options.dryRun !== true;
  if (removed) await removeLeftovers(found);
  if (options.json === true) {
    io.stdout.write(`${JSON.stringify({ cache, removed, bytes: total, leftovers: found }, null, 2)}\n`);
    return EXIT.done;
  }
  for (const { path, bytes } of found) io.stdout.write(`${engineering(bytes)}B  ${path}\n`);
  const what =
    found.length === 0 ? 'nothing is left over' : `${engineering(total)}B ${removed ? 'removed' : 'left over'}`;
  io.stderr.write(`${cache}: ${what}\n`);
  return EXIT.done;
}
