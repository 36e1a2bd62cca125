import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { SettledEngine } from '../engine/settle.ts';
import { UserError } from '../errors.ts';
import { writeWhole } from '../run/files.ts';
import type { Plan } from '../run/plan.ts';
import { cellsOfShard } from '../run/shard.ts';
import type { Cell } from '../run/spec.ts';
import type { Io } from './io.ts';
import type { SweepOptions } from './program.ts';
import { tellReading } from './reading.ts';
import { settledPlan } from './settled-plan.ts';

/** A sweep that is ready to run. */
export interface SettledSweep {
  readonly plan: Plan;
  readonly engine: SettledEngine;
  /** The cells of the plan that are this process's to run. */
  readonly cells: readonly Cell[];
  /** For its records and tables. */
  readonly folder: string;
}

/**
 * All sweeps, checked one and all before the first runs. Throws a UserError on a broken file, on two that would write
 * over each other's results and on a folder that cannot be written to, and the signal's reason when stopped.
 */
export async function settledSweeps(
  files: readonly string[],
  options: SweepOptions,
  io: Io,
  signal: AbortSignal,
): Promise<SettledSweep[]> {
  const sweeps: SettledSweep[] = [];
  for (const file of files) {
    const reading = { signal, onProgress: options.quiet === true ? undefined : tellReading(io) };
    const { plan, engine } = await settledPlan(file, options, io, reading);
    const folder = join(options.results, plan.comparison.name);
    const twin = files[sweeps.findIndex((other) => other.folder === folder)];
    if (twin !== undefined) {
      throw new UserError(
        `${twin} and ${file} would both leave their results in ${folder}`,
        'Give one of them another name, or run them apart with different --results.',
      );
    }
    sweeps.push({
      plan,
      engine,
      folder,
      cells: options.shard === undefined ? plan.cells : cellsOfShard(plan, options.shard),
    });
  }
  for (const { folder } of sweeps) await checkWritable(folder);
  signal.throwIfAborted();
  return sweeps;
}

/** Finds out before hours of training, not after, that no record can be left. */
async function checkWritable(folder: string): Promise<void> {
  const trial = join(folder, '.trial');
  await writeWhole(trial, '');
  await rm(trial, { force: true });
}
