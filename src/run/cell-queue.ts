import { setTimeout as sleep } from 'node:timers/promises';
import { hostLabel } from './process.ts';
import { isHolder, LeaseFile, type Holder, type Lease } from './lease.ts';
import type { Attempt, CellRecord } from './record.ts';
import { hasAttempts, leasePath, readAttempts } from './running.ts';
import type { Cell } from './spec.ts';
import { hasRecord, readRecord } from './store.ts';

/** A cell that this process alone may run until the lease is released, and the attempts that were made at it. */
export interface ClaimedCell {
  readonly cell: Cell;
  readonly lease: Lease;
  readonly before: readonly Attempt[];
}

export interface QueueOptions {
  readonly folder: string;
  readonly signal: AbortSignal;
  /** Another process has it; told once a cell. */
  readonly onElsewhere: (cell: Cell, holder: Holder) => void;
  /** Another process has run it since this one started. */
  readonly onFound: (cell: Cell, record: CellRecord) => void;
}

/** How often cells of another process are looked at. */
const POLL_MS = 300;

/** The cells that are still to run, handed out one by one, each to one process of all that share the folder. */
export class CellQueue {
  readonly #options: QueueOptions;
  readonly #old: ReadonlyMap<string, CellRecord>;
  readonly #leases = new Map<string, LeaseFile>();
  readonly #told = new Set<string>();
  #waiting: Cell[];
  #elsewhere: Cell[] = [];

  /** `old` are the records of cells that have failed before, which are no reason not to run them. */
  constructor(cells: readonly Cell[], old: ReadonlyMap<string, CellRecord>, options: QueueOptions) {
    this.#waiting = [...cells];
    this.#old = old;
    this.#options = options;
  }

  /** The next cell; waits while all that are left are other processes'. Null when none is left, or when stopped. */
  async next(): Promise<ClaimedCell | null> {
    const { signal } = this.#options;
    while (!signal.aborted) {
      const cell = this.#waiting.shift();
      if (cell !== undefined) {
        const claimed = await this.#claim(cell);
        if (claimed !== null) return claimed;
      } else if (this.#elsewhere.length > 0) {
        await sleep(POLL_MS, undefined, { signal }).catch(() => undefined);
        this.#waiting.push(...this.#elsewhere.splice(0));
      } else return null;
    }
    return null;
  }

  /** Hands out no more. */
  empty(): void {
    this.#waiting = [];
    this.#elsewhere = [];
  }

  async #claim(cell: Cell): Promise<ClaimedCell | null> {
    const { folder, onElsewhere, onFound } = this.#options;
    const file = this.#leases.get(cell.id) ?? new LeaseFile(leasePath(folder, cell.id));
    const lease = await file.claim();
    if (isHolder(lease)) {
      // To find out whether its holder lives, the same file has to be asked again.
      this.#leases.set(cell.id, file);
      this.#elsewhere.push(cell);
      if (!this.#told.has(cell.id)) onElsewhere(cell, lease);
      this.#told.add(cell.id);
      return null;
    }
    // Only now can no other process be between its record and its lease.
    const [record, kept] = await Promise.all([
      hasRecord(folder, cell.id) ? readRecord(folder, cell.id) : null,
      hasAttempts(folder, cell.id) ? readAttempts(folder, cell.id) : [],
    ]);
    const old = this.#old.get(cell.id);
    if (record !== null && record.finished !== old?.finished) {
      await lease.release();
      onFound(cell, record);
      return null;
    }
    const recorded = record?.attempts ?? [];
    // What is kept beside the lease begins with what the record has, unless a crash came before it was forgotten.
    const before = [...(kept.length > recorded.length ? kept : recorded), ...lease.dead.map(lostAttempt)];
    return { cell, lease, before };
  }
}

/** What is known of an attempt whose process was gone. */
const lostAttempt = ({ host, pid, since }: Holder): Attempt => ({
  host: hostLabel(host),
  pid,
  started: since,
  finished: null,
  end: 'lost',
  why: 'its process was gone',
});
