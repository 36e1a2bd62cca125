import { link, mkdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** How often a holder shows that it lives, and after how long a silent one counts as dead. */
const BEAT_MS = 5_000;
const DEAD_MS = 60_000;
const POLL_MS = 500;

export interface LockOptions {
  readonly signal: AbortSignal;
  /** Called once a second or so while somebody else holds the lock. */
  readonly onWait: (holder: string, seconds: number) => void;
}

/**
 * Holds the lock file of `folder` while `work` runs, waiting for whoever holds it. A holder that was killed leaves its
 * file behind: it counts for nothing once its process is gone, or, as the folder may be shared by several hosts, once
 * it has shown no sign of life for a minute. Rejects when `signal` aborts the wait.
 */
export async function withLock<Result>(
  folder: string,
  options: LockOptions,
  work: () => Promise<Result>,
): Promise<Result> {
  await mkdir(folder, { recursive: true });
  const path = join(folder, '.lock');
  await acquire(path, options);
  const beat = setInterval(() => {
    const now = new Date();
    // A failing beat shows later, if at all, as a lock taken over; it must not end the work.
    utimes(path, now, now).catch(() => undefined);
  }, BEAT_MS);
  beat.unref();
  try {
    return await work();
  } finally {
    clearInterval(beat);
    await rm(path, { force: true });
  }
}

async function acquire(path: string, { signal, onWait }: LockOptions): Promise<void> {
  const started = performance.now();
  for (;;) {
    signal.throwIfAborted();
    if (await create(path)) return;
    const holder = await readFile(path, 'utf8').catch(() => null);
    // It was given back between the two calls.
    if (holder === null) continue;
    if (await isDead(path, holder)) await takeAway(path, holder);
    else {
      onWait(describe(holder), (performance.now() - started) / 1000);
      await sleep(POLL_MS, undefined, { signal });
    }
  }
}

async function create(path: string): Promise<boolean> {
  // Written beside and linked into place: nobody can read a lock that is still empty.
  const own = `${path}.${String(process.pid)}.${String(performance.now())}`;
  await writeFile(own, JSON.stringify({ pid: process.pid, host: hostname() }));
  try {
    await link(own, path);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(own, { force: true });
  }
}

async function isDead(path: string, holder: string): Promise<boolean> {
  const { pid, host } = parse(holder);
  if (host === hostname() && pid !== null && !lives(pid)) return true;
  const seen = await stat(path).catch(() => null);
  return seen !== null && Date.now() - seen.mtimeMs > DEAD_MS;
}

/** Removes a dead holder's file; should a living one have come between, its file is put back. */
async function takeAway(path: string, dead: string): Promise<void> {
  const aside = `${path}.${String(process.pid)}.dead`;
  try {
    await rename(path, aside);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return;
    throw error;
  }
  if ((await readFile(aside, 'utf8')) !== dead) await link(aside, path).catch(() => undefined);
  await rm(aside, { force: true });
}

function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Another user's process may not be signalled, but it is there.
    return codeOf(error) === 'EPERM';
  }
}

function parse(holder: string): { pid: number | null; host: string | null } {
  try {
    const { pid, host } = JSON.parse(holder) as { pid?: unknown; host?: unknown };
    return { pid: typeof pid === 'number' ? pid : null, host: typeof host === 'string' ? host : null };
  } catch {
    return { pid: null, host: null };
  }
}

function describe(holder: string): string {
  const { pid, host } = parse(holder);
  const where = host === null || host === hostname() ? '' : ` on ${host}`;
  return pid === null ? 'another process' : `process ${pid}${where}`;
}

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
