import type { HostTensors } from '../engine/engine.ts';
import { effectiveWidth } from '../growth/effective-width.ts';
import { growthAfter } from '../growth/schedule.ts';
import type { GrowthRecord } from '../run/record.ts';
import { targetShape } from '../run/spec.ts';
import type { PlannedStage } from '../run/stages.ts';
import { freshParameter } from './init.ts';
import { learnGrowth, type LearnedGrowth } from './learn-growth.ts';
import { grownState } from './moments.ts';
import type { Run } from './run.ts';

/** A grown model. */
export interface Grown {
  readonly state: HostTensors;
  /** What the growth's record tells of the growing itself. */
  readonly told: Pick<GrowthRecord, 'width' | 'fit'>;
  /** Null where nothing is learned. */
  readonly fitted: LearnedGrowth | null;
}

/**
 * Grows the model of the stage before `index`, whose whole state is given, into that of stage `index`; what the recipe
 * learns is fitted first. Rejects with the signal's reason when stopped.
 */
export async function growInto(
  run: Run,
  stages: readonly PlannedStage[],
  index: number,
  state: HostTensors,
): Promise<Grown> {
  const { settings, seed } = run.cell;
  const [{ shape: from }, to] = [stages[index - 1]!, stages[index]!];
  const recipe = growthAfter(targetShape(settings), settings.schedule, index - 1);
  const fresh = freshParameter(settings.model.init, seed);
  const fitted = to.fit === null ? null : await learnGrowth(run, { recipe, state, fresh, from, to, fit: to.fit });
  const grown = grownState(recipe, from, state, to.optimizer, fresh, fitted?.parameters);
  const width = { before: effectiveWidth(state, from), after: effectiveWidth(grown, to.shape) };
  return { state: grown, told: { width, ...(fitted === null ? {} : { fit: fitted.record }) }, fitted };
}
