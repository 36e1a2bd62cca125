import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { readJson } from './files.ts';
import { nodeFolder } from './node-store.ts';
import type { CellEvent } from './record.ts';

const progressPath = (nodes: string, address: string): string => join(nodeFolder(nodes, address), 'progress.json');

/** How far a running node is: what another terminal shows of it. */
export interface NodeProgress {
  /** Process number of the worker. */
  readonly pid: number | null;
  /** Milliseconds since 1970 on the clock of the host that trains, as `updated`. */
  readonly started: number;
  /** The first event that told how far training is, and when; null before. */
  readonly first: { readonly at: number; readonly event: CellEvent } | null;
  readonly updated: number;
  /** The last event of each kind (of scores, all), in order: folding them gives what folding all would. */
  readonly events: readonly CellEvent[];
}

const TELLS_HOW_FAR: readonly CellEvent['type'][] = ['step', 'finetune', 'predict'];

/** At most one write a second: a step can take less than a millisecond. */
const WRITE_EVERY_MS = 1000;

/** Keeps the progress file of one running node up to date until it is closed. */
export class ProgressFile {
  readonly #path: string;
  readonly #started = Date.now();
  readonly #events = new Map<string, CellEvent>();
  #first: NodeProgress['first'] = null;
  #pid: number | null = null;
  #timer: NodeJS.Timeout | null = null;
  #writing: Promise<void> = Promise.resolve();

  constructor(nodes: string, address: string) {
    this.#path = progressPath(nodes, address);
  }

  /** A worker, perhaps not the first, begins with the node. */
  begin(pid: number | null): void {
    this.#pid = pid;
    this.#events.clear();
    this.#first = null;
  }

  note(event: CellEvent): void {
    // Steps that follow another run's answers have a speed of their own.
    if (event.type === 'finetune' && this.#events.delete('predict')) this.#first = null;
    const key = event.type === 'score' ? `score ${event.task}` : event.type;
    this.#events.delete(key);
    this.#events.set(key, event);
    if (TELLS_HOW_FAR.includes(event.type)) this.#first ??= { at: Date.now(), event };
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      this.#writing = this.#write();
    }, WRITE_EVERY_MS);
  }

  async close(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer);
    await this.#writing;
    await rm(this.#path, { force: true });
  }

  async #write(): Promise<void> {
    const progress: NodeProgress = {
      pid: this.#pid,
      started: this.#started,
      first: this.#first,
      updated: Date.now(),
      events: [...this.#events.values()],
    };
    const draft = `${this.#path}.tmp`;
    try {
      await mkdir(dirname(this.#path), { recursive: true });
      await writeFile(draft, JSON.stringify(progress));
      await rename(draft, this.#path);
    } catch {
      // Only for show: a full disk is told of where a record cannot be written.
      await rm(draft, { force: true }).catch(() => undefined);
    }
  }
}

/** The progress of a running node; null where it has written none yet. */
export const readProgress = async (nodes: string, address: string): Promise<NodeProgress | null> =>
  (await readJson(progressPath(nodes, address))) as NodeProgress | null;
