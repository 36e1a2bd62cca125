import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Where growbench keeps what it downloads and builds: `GROWBENCH_HOME`, else the user's cache folder, which is
 * `~/Library/Caches` on macOS and that of the XDG Base Directory Specification elsewhere (relative paths ignored).
 */
export function growbenchHome(env: Environment, platform: NodeJS.Platform = process.platform): string {
  const own = env.GROWBENCH_HOME;
  if (own !== undefined && own !== '') return own;
  if (platform === 'darwin') return join(homedir(), 'Library', 'Caches', 'growbench');
  const shared = env.XDG_CACHE_HOME;
  const base = shared !== undefined && isAbsolute(shared) ? shared : join(homedir(), '.cache');
  return join(base, 'growbench');
}
