import type { Entering } from './entering.ts';
import { DIMENSIONS, type Dimension, type ModelShape } from './layout.ts';
import type { GrowthOperator, OperatorSettings } from './operator.ts';
import { operators } from './operators/index.ts';
import type { GrowthPolicy, SlopeRule } from './policy.ts';
import { compose, identity, type Recipe } from './recipe.ts';

/** How small one dimension is during a stage, and the operator that will grow it out of the stage. */
export interface Reduction {
  readonly operator: string;
  readonly settings: OperatorSettings;
}

/** A share of the pre-training steps (0 to 1) with the reductions in force. */
export interface Stage {
  readonly share: number;
  readonly reductions: Readonly<Partial<Record<Dimension, Reduction>>>;
  /** Where the growth into this stage departs from the policy of the run. */
  readonly growth?: Partial<GrowthPolicy>;
  /** Share (0 to 1) of the stage, at its start, in which only the layers that it adds and the head are trained. */
  readonly freeze?: number;
  /** When the stage may end before its share is used up; the steps left over go to the last stage. */
  readonly until?: SlopeRule;
}

/** Stages in order. No schedule at all is one stage without reductions: the target from the first step. */
export type Schedule = readonly Stage[];
export const TARGET_ONLY: Schedule = [{ share: 1, reductions: {} }];

/** One thing wrong with a schedule. `stage` and `dimension` say where; null where it is the whole. */
export interface ScheduleProblem {
  readonly stage: number | null;
  readonly dimension: Dimension | null;
  /** What else of the stage is at fault. */
  readonly key?: 'growth' | 'freeze' | 'until';
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
 * The growth out of stage `index` into the one after it, as one recipe: the operator that made a dimension small grows
 * it, one dimension at a time, and the recipes are composed. Throws after the last stage, and where a dimension would
 * shrink: schedules are checked before they come here.
 */
export function growthAfter(target: ModelShape, schedule: Schedule, index: number): Recipe {
  const from = schedule[index];
  const to = schedule[index + 1];
  if (from === undefined || to === undefined) throw new Error(`there is no growth after stage ${index}`);
  const start = stageShape(target, from);
  let reductions = from.reductions;
  let shape = start;
  return DIMENSIONS.reduce((recipe, dimension) => {
    const own = from.reductions[dimension];
    const next = to.reductions[dimension];
    if (sameReduction(own, next)) return recipe;
    if (own === undefined) throw new Error(`stage ${index + 1} is smaller in ${dimension} than the stage before it`);
    reductions = withReduction(reductions, dimension, next);
    const before = shape;
    shape = stageShape(target, { ...to, reductions });
    return compose(recipe, operatorOf(own).grow(before, shape, own.settings));
  }, identity(start));
}

/**
 * Steps in which what the growth out of stage `index` learns is fitted: by every operator that grows there, so that
 * they must agree (scheduleProblems). 0 where none learns.
 */
export const fitAfter = (schedule: Schedule, index: number): number => fitsAfter(schedule, index)[0] ?? 0;

/** The steps of fitting that the operators which grow out of stage `index` ask for. */
export const fitsAfter = (schedule: Schedule, index: number): number[] =>
  growingAfter(schedule, index).flatMap(({ operator, settings }) => operator.fit?.(settings) ?? []);

/** The ramps that the operators which grow out of stage `index` ask for. */
export const rampsAfter = (schedule: Schedule, index: number): number[] =>
  growingAfter(schedule, index).flatMap(({ operator, settings }) => operator.ramp?.(settings) ?? []);

/**
 * What enters through masks at the growth out of stage `index`: by operators that must agree on the ramp
 * (scheduleProblems). Null where all that is new is there at once.
 */
export function enteringAfter(target: ModelShape, schedule: Schedule, index: number): Entering | null {
  const [ramp] = rampsAfter(schedule, index);
  const to = schedule[index + 1];
  if (ramp === undefined || to === undefined) return null;
  const masked = growingAfter(schedule, index).filter(({ operator }) => operator.ramp !== undefined);
  const reductions = {
    ...to.reductions,
    ...Object.fromEntries(masked.map(({ operator, own }) => [operator.dimension, own])),
  };
  return { from: stageShape(target, { share: to.share, reductions }), ramp };
}

/** The reductions that end with stage `index`, with their operators: none with the last one, though it be small. */
export function growingAfter(schedule: Schedule, index: number) {
  const [from, to] = [schedule[index]?.reductions ?? {}, schedule[index + 1]?.reductions];
  if (to === undefined) return [];
  return DIMENSIONS.flatMap((dimension) => {
    const own = from[dimension];
    if (own === undefined || sameReduction(own, to[dimension])) return [];
    return { own, operator: operatorOf(own), settings: own.settings };
  });
}

/** `reductions` with that of one dimension replaced, or taken away. */
export function withReduction(
  reductions: Stage['reductions'],
  dimension: Dimension,
  reduction: Reduction | undefined,
): Stage['reductions'] {
  const kept = Object.entries(reductions).filter(([name]) => name !== dimension);
  return Object.fromEntries(reduction === undefined ? kept : [...kept, [dimension, reduction]]);
}

/** Equal operator and settings, or both absent. */
export function sameReduction(a: Reduction | undefined, b: Reduction | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  const names = Object.keys(a.settings);
  return (
    a.operator === b.operator &&
    names.length === Object.keys(b.settings).length &&
    names.every((name) => a.settings[name] === b.settings[name])
  );
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
