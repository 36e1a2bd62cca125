import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { codeOf, writeWhole } from './files.ts';
import type { Attempt, CellEvent } from './record.ts';
import type { Comparison } from './spec.ts';

/** What stands in a results folder of cells that are not finished: `running/<id>.*`. */
const runningPath = (folder: string, id: string, kind: string): string => join(runningFolder(folder), `${id}.${kind}`);

export const runningFolder = (folder: string): string => join(folder, 'running');
export const leasePath = (folder: string, id: string): string => runningPath(folder, id, 'lease');
const progressPath = (folder: string, id: string): string => runningPath(folder, id, 'progress.json');
const attemptsPath = (folder: string, id: string): string => runningPath(folder, id, 'attempts.json');

const COMPARISON = 'comparison.json';
const comparisonPath = (folder: string): string => join(runningFolder(folder), COMPARISON);

/** How far a running cell is: what another terminal shows of it. */
export interface CellProgress {
  /** Process number of the worker. */
  readonly pid: number | null;
  /** Milliseconds since 1970 on the clock of the host that trains, as `updated`. */
  readonly started: number;
  /** When the first stage began; null before. */
  readonly since: number | null;
  readonly updated: number;
  /** The last event of each kind (of scores, all), in order: folding them gives what folding all would. */
  readonly events: readonly CellEvent[];
}

/** At most one write a second: a step can take less than a millisecond. */
const WRITE_EVERY_MS = 1000;

/** Keeps the progress file of one running cell up to date until it is closed. */
export class ProgressFile {
  readonly #path: string;
  readonly #started = Date.now();
  readonly #events = new Map<string, CellEvent>();
  #since: number | null = null;
  #pid: number | null = null;
  #timer: NodeJS.Timeout | null = null;
  #writing: Promise<void> = Promise.resolve();

  constructor(folder: string, id: string) {
    this.#path = progressPath(folder, id);
  }

  /** A worker, perhaps not the first, begins with the cell. */
  begin(pid: number | null): void {
    this.#pid = pid;
    this.#events.clear();
    this.#since = null;
  }

  note(event: CellEvent): void {
    const key = event.type === 'score' ? `score ${event.task}` : event.type;
    this.#events.delete(key);
    this.#events.set(key, event);
    if (event.type === 'stage') this.#since ??= Date.now();
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
    const progress: CellProgress = {
      pid: this.#pid,
      started: this.#started,
      since: this.#since,
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

/** The progress of a running cell; null where it has written none yet. */
export const readProgress = (folder: string, id: string): Promise<CellProgress | null> =>
  readJson<CellProgress>(progressPath(folder, id));

export const hasAttempts = (folder: string, id: string): boolean => existsSync(attemptsPath(folder, id));

/** Attempts at a cell that left no record: they were stopped, or are being followed by another. */
export const readAttempts = async (folder: string, id: string): Promise<readonly Attempt[]> =>
  (await readJson<readonly Attempt[]>(attemptsPath(folder, id))) ?? [];

/** Keeps the attempts at a cell that has no record yet. */
export const keepAttempts = (folder: string, id: string, attempts: readonly Attempt[]): Promise<void> =>
  writeWhole(attemptsPath(folder, id), `${JSON.stringify(attempts)}\n`);

/** Once they stand in the record. */
export const forgetAttempts = (folder: string, id: string): Promise<void> =>
  rm(attemptsPath(folder, id), { force: true });

/** What runs in a folder, for whoever looks on: a sweep that has just begun has no tables yet that say it. */
export const keepComparison = (folder: string, comparison: Comparison): Promise<void> =>
  writeWhole(comparisonPath(folder), `${JSON.stringify(comparison)}\n`);

/** The comparison that was begun last in a folder; null where everything begun has ended. */
export const readComparison = (folder: string): Promise<Comparison | null> =>
  readJson<Comparison>(comparisonPath(folder));

/**
 * Once a sweep has ended, its tables say what it was; the folder of running cells goes too, unless attempts are kept in
 * it or another sweep goes on there.
 */
export async function tidyRunning(folder: string): Promise<void> {
  try {
    const names = await readdir(runningFolder(folder));
    if (names.some((name) => name.endsWith('.lease'))) return;
    await rm(comparisonPath(folder), { force: true });
    await rmdir(runningFolder(folder));
  } catch (error) {
    if (!['ENOENT', 'ENOTEMPTY', 'EEXIST'].includes(codeOf(error))) throw error;
  }
}

async function readJson<Value>(path: string): Promise<Value | null> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as Value;
  } catch (error) {
    // What was cut off by a crash tells nothing, and nothing depends on it.
    if (error instanceof SyntaxError || ['ENOENT', 'ENOTDIR'].includes(codeOf(error))) return null;
    throw error;
  }
}
