import { growbenchHome, type Environment } from '../home.ts';

/** Where token shards are kept between sweeps: `GROWBENCH_CACHE`, else with all else that growbench can make again. */
export function cacheFolder(env: Environment): string {
  const own = env.GROWBENCH_CACHE;
  return own !== undefined && own !== '' ? own : growbenchHome(env);
}
