import { growthFrom } from './grow.ts';
import { DIMENSIONS, type Dimension, type ModelShape } from './layout.ts';
import type { GrowthOperator, OperatorSettings } from './operator.ts';
import { operators } from './operators/index.ts';
import type { Recipe } from './recipe.ts';

/** How small one dimension is during a stage, and the operator that will grow it out of the stage. */
export interface Reduction {
  readonly operator: string;
  readonly settings: OperatorSettings;
}

/** A share of the pre-training steps (0 to 1) with the reductions in force. */
export interface Stage {
  readonly share: number;
  readonly reductions: Readonly<Partial<Record<Dimension, Reduction>>>;
}

/** Stages in order. No schedule at all is one stage without reductions: the target from the first step. */
export type Schedule = readonly Stage[];
export const TARGET_ONLY: Schedule = [{ share: 1, reductions: {} }];

/** One thing wrong with a schedule. `stage` and `dimension` say where; null where it is the whole. */
export interface ScheduleProblem {
  readonly stage: number | null;
  readonly dimension: Dimension | null;
  readonly message: string;
  readonly hint: string;
}

/** The operator of a reduction. Throws if there is none of that name: sweeps are checked before they come here. */
export function operatorOf(reduction: Reduction): GrowthOperator {
  const operator = operators.find(({ name }) => name === reduction.operator);
  if (operator === undefined) throw new Error(`no growth operator is called ${reduction.operator}`);
  return operator;
}

/** The model trained during `stage`: the target with the stage's reductions applied, dimension by dimension. */
export function stageShape(target: ModelShape, stage: Stage): ModelShape {
  return DIMENSIONS.reduce((shape, dimension) => {
    const reduction = stage.reductions[dimension];
    return reduction === undefined ? shape : operatorOf(reduction).shrink(shape, reduction.settings);
  }, target);
}

/**
 * The growth from stage `index` to the one after it, as one recipe: the operator that made a dimension small grows
 * it, one dimension at a time, and the recipes are composed.
 */
export function growthAfter(target: ModelShape, schedule: Schedule, index: number): Recipe {
  const from = schedule[index];
  const to = schedule[index + 1];
  if (from === undefined || to === undefined) throw new Error(`no growth after stage ${index}`);
  return growthFrom(target, from, to);
}

/** Steps of every stage: shares of `steps`, rounded so that they add up to it. */
export function stageSteps(schedule: Schedule, steps: number): number[] {
  let share = 0;
  let before = 0;
  return schedule.map((stage) => {
    share += stage.share;
    const end = Math.round(share * steps);
    const own = end - before;
    before = end;
    return own;
  });
}
