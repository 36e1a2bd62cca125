import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

/**
 * Where token shards are kept between sweeps: `GROWBENCH_CACHE`, else the cache folder of the XDG Base Directory
 * Specification, which has relative paths ignored.
 */
export function cacheFolder(env: Readonly<Record<string, string | undefined>>): string {
  const own = env.GROWBENCH_CACHE;
  if (own !== undefined && own !== '') return own;
  const shared = env.XDG_CACHE_HOME;
  const base = shared !== undefined && isAbsolute(shared) ? shared : join(homedir(), '.cache');
  return join(base, 'growbench');
}
