import { availableParallelism } from 'node:os';
import type { Engine } from '../engine.ts';
import { matmulRate } from './matmul-rate.ts';
import { trainingError } from './training-check.ts';

/** What an engine did when it was tried. */
export interface ProbeResult {
  readonly engine: string;
  readonly device: string;
  readonly versions: Readonly<Record<string, string>>;
  /** Why it was taken, where it was chosen and not named. */
  readonly why: string;
  readonly threads: number;
  /** Null where it was only opened. */
  readonly measured: {
    readonly gflops: number;
    /** The largest difference of a tiny training's numbers from those expected; null where one is not a number. */
    readonly trainingError: number | null;
  } | null;
}

/** The largest error that single precision explains: the tiny training's numbers are near 1. */
export const ACCEPTED_ERROR = 1e-4;

/** An opened engine and why it is this one. */
export interface Opened {
  readonly engine: Engine;
  readonly why: string;
}

export async function probe({ engine, why }: Opened, measure: boolean): Promise<ProbeResult> {
  const { name, device, versions } = engine;
  const size = device.startsWith('cpu') ? 1024 : 4096;
  const measured = measure ? await tryOut(engine, size) : null;
  return { engine: name, device, versions, why, threads: threadsOf(name), measured };
}

async function tryOut(engine: Engine, size: number): Promise<NonNullable<ProbeResult['measured']>> {
  const error = await trainingError(engine);
  // Reports travel as JSON, which has no NaN.
  return { trainingError: Number.isNaN(error) ? null : error, gflops: await matmulRate(engine, size) };
}

function threadsOf(name: string): number {
  if (name === 'wasm') return 1;
  const set = Number(process.env.TF_NUM_INTRAOP_THREADS);
  return set > 0 ? set : availableParallelism();
}
