import type { Choice } from '../choose.ts';
import type { Engine } from '../engine.ts';
import { matmulRate } from './matmul-rate.ts';
import { repeatability } from './repeatability.ts';
import { trainingError } from './training-check.ts';

/** What an engine did when it was tried. */
export interface ProbeResult {
  readonly engine: Engine['name'];
  readonly device: string;
  readonly versions: Readonly<Record<string, string>>;
  readonly threads: number;
  /** Null where it was only opened. */
  readonly measured: {
    readonly gflops: number;
    /** The largest difference of a tiny training's numbers from those expected; null where one is not a number. */
    readonly trainingError: number | null;
    /** Whether a training gives the same bits again, by mode (`bf16`). */
    readonly repeatable: Readonly<Record<string, boolean>>;
  } | null;
}

/** The largest error that single precision explains: the tiny training's numbers are near 1. */
export const ACCEPTED_ERROR = 1e-4;

export async function probe({ engine }: Pick<Choice, 'engine'>, measure: boolean): Promise<ProbeResult> {
  const { name, device, versions, threads } = engine;
  const measured = measure ? await tryOut(engine, name === 'cuda' ? 4096 : 1024) : null;
  return { engine: name, device, versions, threads, measured };
}

async function tryOut(engine: Engine, size: number): Promise<NonNullable<ProbeResult['measured']>> {
  const error = await trainingError(engine);
  return {
    // Reports travel as JSON, which has no NaN.
    trainingError: Number.isNaN(error) ? null : error,
    gflops: await matmulRate(engine, size),
    repeatable: await repeatability(engine),
  };
}
