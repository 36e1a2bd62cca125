import { randomBytes } from 'node:crypto';
import { linkSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { readFile, rm, stat, utimes } from 'node:fs/promises';
import { dirname } from 'node:path';
import { codeOf, writeError } from './files.ts';
import { isGone, thisProcess, type ProcessName } from './process.ts';

/** Who holds a lease. */
export interface Holder extends ProcessName {
  /** Differs from every other holding, of the same process too. */
  readonly token: string;
  /** UTC, ISO 8601, by the holder's clock. */
  readonly since: string;
}

/** The right to do some work alone, until it is released. */
export interface Lease {
  /** Whoever had it before and died with it, earliest first. */
  readonly dead: readonly Holder[];
  release(): Promise<void>;
}

/** How a lease was seen to live: its file's time, which the holder renews. */
interface Sight {
  readonly token: string;
  readonly beat: number;
  /** When this beat was first seen, on this process's own clock that is never set. */
  readonly at: number;
}

/** How often a holder renews its file, and after how long without that another host's holder counts as dead. */
export const LEASE_BEAT_MS = 5_000;
export const LEASE_DEAD_MS = 60_000;

/**
 * A lease file claimed by one process at a time, on a folder that several hosts may share. A holder that died is
 * followed by the next who asks: one of this host when its process is gone, one of another host when its file has not
 * been renewed for `deadAfter` milliseconds of the asker's monotonic clock, so that no clock that is wrong or set back
 * matters. To see that, the asker has to keep asking through the same `LeaseFile`.
 */
export class LeaseFile {
  readonly path: string;
  readonly #deadAfter: number;
  #sight: Sight | null = null;

  constructor(path: string, deadAfter = LEASE_DEAD_MS) {
    this.path = path;
    this.#deadAfter = deadAfter;
  }

  /** The lease, or who holds it now. Never waits. */
  async claim(): Promise<Lease | Holder> {
    const dead: Holder[] = [];
    for (;;) {
      const own: Holder = {
        ...thisProcess(),
        token: randomBytes(8).toString('hex'),
        since: new Date().toISOString(),
      };
      if (createWhole(this.path, JSON.stringify(own))) return { dead, release: held(this.path, own.token) };
      const holder = await readHolder(this.path);
      // It was released between the two calls.
      if (holder === null) continue;
      if (!(await this.#isDead(holder)) || !(await takeAway(this.path, holder, this.#deadAfter))) return holder;
      dead.push(holder);
    }
  }

  async #isDead(holder: Holder): Promise<boolean> {
    if (isGone(holder)) return true;
    const beat = (await stat(this.path).catch(() => null))?.mtimeMs ?? 0;
    const now = performance.now();
    if (this.#sight?.token !== holder.token || this.#sight.beat !== beat) {
      this.#sight = { token: holder.token, beat, at: now };
    }
    // A process of this host that is there is at most stopped, and may go on.
    return holder.host !== thisProcess().host && now - this.#sight.at > this.#deadAfter;
  }
}

export const isHolder = (claimed: Lease | Holder): claimed is Holder => 'token' in claimed;

/** The holder that a lease file names; null where there is no file. A file that cannot be read has an unknown holder. */
export async function readHolder(path: string): Promise<Holder | null> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw error;
  }
  try {
    return JSON.parse(text) as Holder;
  } catch {
    // Half written by a file system without hard links: as long as nobody renews it, nobody holds it.
    return { host: 'unknown', pid: 0, born: null, token: 'unreadable', since: '' };
  }
}

/**
 * Removes the file of a dead holder; false where another process is about to. Who may is decided by a lease on the
 * dead holder's token, so that nobody removes the lease of a living one that came after.
 */
async function takeAway(path: string, dead: Holder, deadAfter: number): Promise<boolean> {
  const right = await new LeaseFile(`${path}.${dead.token}`, deadAfter).claim();
  if (isHolder(right)) return false;
  try {
    if ((await readHolder(path))?.token === dead.token) await rm(path, { force: true });
    return true;
  } finally {
    await right.release();
  }
}

/**
 * Creates a file with its whole text, or says that it is there: written beside and linked, nobody can read half. Without
 * waiting: behind the records that other workers are syncing to disk an idle one would wait longer than this takes.
 */
function createWhole(path: string, text: string): boolean {
  const draft = `${path}.${randomBytes(4).toString('hex')}.tmp`;
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(draft, text);
    link(draft, path, text);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    // The folder was tidied away in between.
    if (codeOf(error) === 'ENOENT') return createWhole(path, text);
    // Of the lease, whose name does not change: cells that fail for one reason have to say the same.
    throw writeError(path, error);
  } finally {
    rmSync(draft, { force: true });
  }
}

function link(draft: string, path: string, text: string): void {
  try {
    linkSync(draft, path);
  } catch (error) {
    if (!['EPERM', 'ENOTSUP', 'ENOSYS'].includes(codeOf(error))) throw error;
    writeFileSync(path, text, { flag: 'wx' });
  }
}

/** Renews the file until released; releasing leaves a lease alone that has gone to another holder meanwhile. */
function held(path: string, token: string): () => Promise<void> {
  const beat = setInterval(() => {
    const now = new Date();
    // A beat that fails shows later, if at all, as a lease taken over; it must not end the work.
    utimes(path, now, now).catch(() => undefined);
  }, LEASE_BEAT_MS);
  beat.unref();
  return async () => {
    clearInterval(beat);
    if ((await readHolder(path))?.token === token) await rm(path, { force: true });
  };
}
