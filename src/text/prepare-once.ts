import { readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { draftPrefix, preparationLease, preparationProgress } from '../run/cache-names.ts';
import { isHolder, LeaseFile } from '../run/lease.ts';

/** How far whoever prepares is: bytes of the sources. */
export type OnProgress = (done: number, of: number) => void;

/** How often the ones that wait look, and the one that works tells. */
const POLL_MS = 200;

/**
 * Has one of several processes `make` what `digest` names in `cache`, unless it `exists`, while the others wait and are
 * told its progress as if it were their own. What a killed maker has left is removed. Throws `signal.reason` when stopped.
 */
export async function prepareOnce(
  { cache, digest, exists }: { readonly cache: string; readonly digest: string; readonly exists: () => boolean },
  onProgress: OnProgress,
  signal: AbortSignal | undefined,
  make: (onProgress: OnProgress) => Promise<void>,
): Promise<void> {
  const file = new LeaseFile(preparationLease(cache, digest));
  const shared = preparationProgress(cache, digest);
  while (!exists()) {
    signal?.throwIfAborted();
    const lease = await file.claim();
    if (isHolder(lease)) {
      await tellProgress(shared, onProgress);
      await sleep(POLL_MS, undefined, signal === undefined ? {} : { signal }).catch(() => undefined);
      continue;
    }
    try {
      await removeDrafts(cache, digest);
      // It may have been made between the look and the claim.
      if (!exists()) await make(sharing(shared, onProgress));
    } finally {
      await rm(shared, { force: true });
      await lease.release();
    }
  }
}

async function removeDrafts(cache: string, digest: string): Promise<void> {
  const names = (await readdir(cache)).filter((name) => name.startsWith(draftPrefix(digest)));
  await Promise.all(names.map((name) => rm(join(cache, name), { recursive: true, force: true })));
}

/** Progress that is written down for the others too, now and then; never more than one write at a time. */
function sharing(path: string, onProgress: OnProgress): OnProgress {
  let written = -Infinity;
  let writing = false;
  return (done, of) => {
    onProgress(done, of);
    if (writing || performance.now() - written < POLL_MS) return;
    writing = true;
    written = performance.now();
    const draft = `${path}.tmp`;
    void writeFile(draft, JSON.stringify([done, of]))
      .then(() => rename(draft, path))
      // Only for show; that the disk is full is told of where the tokens are written.
      .catch(() => undefined)
      .finally(() => {
        writing = false;
      });
  };
}

async function tellProgress(path: string, onProgress: OnProgress): Promise<void> {
  try {
    const [done, of] = JSON.parse(await readFile(path, 'utf8')) as [number, number];
    onProgress(done, of);
  } catch {
    // It has not begun yet, or has just ended.
  }
}
