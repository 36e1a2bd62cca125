import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { preparationLease, unfinishedDigest } from './cache-names.ts';
import { entriesOf } from './files.ts';
import { readHolder } from './lease.ts';
import { hostName, isGone } from './process.ts';

/** What a process that was killed has left in the cache. */
export interface Leftover {
  readonly path: string;
  readonly bytes: number;
}

/** What nobody on this host can be asked about counts as left when it has not been touched for so long. */
const ABANDONED_MS = 24 * 3600 * 1000;

/** Unfinished files and folders in a cache that nobody is working on, by name; none where there is no cache. */
export async function leftovers(cache: string): Promise<Leftover[]> {
  const found: Leftover[] = [];
  for (const { name } of await entriesOf(cache)) {
    const digest = unfinishedDigest(name);
    if (digest === null || (await isInUse(cache, name, digest))) continue;
    found.push({ path: join(cache, name), bytes: await sizeOf(join(cache, name)) });
  }
  return found;
}

/** Removes leftovers, files and folders alike. */
export async function removeLeftovers(found: readonly Leftover[]): Promise<void> {
  for (const { path } of found) await rm(path, { recursive: true, force: true });
}

async function isInUse(cache: string, name: string, digest: string): Promise<boolean> {
  const lease = preparationLease(cache, digest);
  const holder = digest === '' ? null : await readHolder(lease);
  if (holder !== null && holder.host === hostName()) return !isGone(holder);
  const touched = await stat(holder === null ? join(cache, name) : lease).catch(() => null);
  const isOld = touched === null || Math.abs(Date.now() - touched.mtimeMs) > ABANDONED_MS;
  // Without a lease a draft with a digest is nobody's: its maker claims the lease first.
  const isDraftOfNobody = holder === null && digest !== '' && name.startsWith('.draft-');
  return !isOld && !isDraftOfNobody;
}

async function sizeOf(path: string): Promise<number> {
  const entry = await stat(path).catch(() => null);
  if (entry === null || !entry.isDirectory()) return entry?.size ?? 0;
  const inside = await readdir(path).catch(() => []);
  const sizes = await Promise.all(inside.map((name) => sizeOf(join(path, name))));
  return sizes.reduce((sum, size) => sum + size, 0);
}
