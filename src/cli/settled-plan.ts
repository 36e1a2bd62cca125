import type { SettledEngine } from '../engine/settle.ts';
import type { Reading } from '../run/contents.ts';
import { planSweep, type Plan } from '../run/plan.ts';
import { loadSweep } from '../sweep/load.ts';
import type { Io } from './io.ts';
import type { PlanOptions } from './program.ts';

/**
 * A sweep file's plan on the engine that it will run on, which is part of every cell's name. Throws a UserError on a
 * broken file, and where the engine that is named is not there or lacks what an arm asks of it; and the signal's reason
 * when stopped.
 */
export async function settledPlan(
  file: string,
  { set, engine: wanted }: Pick<PlanOptions, 'set' | 'engine'>,
  io: Pick<Io, 'settleEngine'>,
  reading: Reading = {},
): Promise<{ readonly plan: Plan; readonly engine: SettledEngine }> {
  const loaded = await loadSweep(file, { set, ...reading });
  const precisions = [...new Set(loaded.arms.map(({ settings }) => settings.train.precision))];
  const { name, xla } = loaded.engine;
  const engine = await io.settleEngine({ name: wanted ?? name, precisions, xla }, reading.signal);
  return { plan: planSweep({ ...loaded, engine: { name: engine.name, xla: engine.xla } }), engine };
}
