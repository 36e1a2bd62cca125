import type { Entering } from '../growth/entering.ts';
import { stageFlops } from '../growth/flops.ts';
import { frozenFlops } from '../growth/freeze-flops.ts';
import type { ModelShape } from '../growth/layout.ts';
import { growingFlops } from '../growth/learned.ts';
import { newLayers } from '../growth/new-layers.ts';
import type { GrowthPolicy, SlopeRule } from '../growth/policy.ts';
import { enteringAfter, fitAfter, growthAfter, stageShape, stageSteps } from '../growth/schedule.ts';
import { maskedTokens, targetShape, type Settings } from './spec.ts';

/** The steps at the start of a stage in which only what is new is trained. */
export interface Freeze {
  readonly steps: number;
  /** The layers that are trained, ascending; the pre-training heads are too. */
  readonly layers: readonly number[];
}

/** A stage as it will run. */
export interface PlannedStage {
  readonly shape: ModelShape;
  /** The first step of the stage, counted from 0 over the whole run. */
  readonly start: number;
  /** Where `until` is given, how many there are at most. */
  readonly steps: number;
  /** Training FLOPs of all its steps. */
  readonly flops: number;
  /** FLOPs of one of its steps, on average, as a share of the target's. */
  readonly cost: number;
  readonly optimizer: GrowthPolicy['optimizer'];
  readonly rate: GrowthPolicy['rate'];
  /** Steps of warm-up (`restart`), or of the climb back to the run's rate (`rewarm`). */
  readonly warmup: number;
  readonly freeze: Freeze | null;
  readonly until: SlopeRule | null;
  /** The fitting of what the growth into this stage learns; null where it learns nothing. */
  readonly fit: PlannedFit | null;
  /** What the growth into this stage lets in through masks; null where all of it is there at once. */
  readonly entering: Entering | null;
}

export interface PlannedFit {
  readonly steps: number;
  /** FLOPs of all its steps. */
  readonly flops: number;
}

/** FLOPs of some stages, and of the fitting between them. */
export const totalFlops = (stages: readonly PlannedStage[]): number =>
  stages.reduce((sum, { flops, fit }) => sum + flops + (fit?.flops ?? 0), 0);

/** The stages of a cell, with shapes, steps and FLOPs. The trainer runs these, but for stages that it leaves early. */
export function planStages(settings: Settings): PlannedStage[] {
  const steps = stageSteps(settings.schedule, settings.train.steps);
  let start = 0;
  return settings.schedule.map((_, index) => {
    const planned = planStage(settings, index, start, steps[index]!);
    start += planned.steps;
    return planned;
  });
}

/**
 * A stage as it runs once the stages before it took `done` steps. What they left over goes to the last stage, which is
 * that much longer from its start: warm-up, decay and freeze follow. The others keep their length.
 */
export function stageAfter(settings: Settings, stages: readonly PlannedStage[], index: number, done: number) {
  const isLast = index === stages.length - 1;
  return planStage(settings, index, done, isLast ? settings.train.steps - done : stages[index]!.steps);
}

function planStage(settings: Settings, index: number, start: number, steps: number): PlannedStage {
  const { freeze, until = null } = settings.schedule[index]!;
  const { optimizer, rate, warmup } = policyInto(settings, index);
  const target = targetShape(settings);
  const frozen: Freeze | null =
    freeze === undefined
      ? null
      : { steps: Math.round(freeze * steps), layers: newLayers(target, settings.schedule, index) };
  const stage = { shape: stageShape(target, settings.schedule[index]!), start, steps, freeze: frozen, until };
  return {
    ...stage,
    flops: flopsOfSteps(settings, stage, steps),
    cost: averageStepFlops(settings, index) / wholeStepFlops(settings, target),
    optimizer,
    rate,
    warmup: warmupSteps(settings, warmup, steps),
    fit: planFit(settings, index - 1),
    entering: enteringAfter(target, settings.schedule, index - 1),
  };
}

/** A fitting step is a training step of the grown model, made anew from the small one each time. */
function planFit(settings: Settings, afterStage: number): PlannedFit | null {
  const steps = fitAfter(settings.schedule, afterStage);
  if (steps === 0) return null;
  const target = targetShape(settings);
  const [from, to] = [afterStage, afterStage + 1].map((index) => stageShape(target, settings.schedule[index]!));
  const growing = growingFlops(growthAfter(target, settings.schedule, afterStage), from!);
  return { steps, flops: steps * (wholeStepFlops(settings, to!) + growing) };
}

/** The policy of the growth into a stage: the stage's own, and the run's where that says nothing. */
function policyInto({ growth, schedule }: Settings, index: number): GrowthPolicy {
  if (index > 0) return { ...growth, ...schedule[index]!.growth };
  // Nothing has grown yet: the run's own warm-up is what there is to climb.
  return { optimizer: growth.optimizer, rate: growth.rate === 'rewarm' ? 'continue' : growth.rate };
}

function warmupSteps({ train }: Settings, warmup: GrowthPolicy['warmup'], steps: number): number {
  if (warmup === undefined) return steps === 0 ? 0 : Math.round((train.warmup * steps) / train.steps);
  return 'steps' in warmup ? warmup.steps : Math.round(warmup.share * steps);
}

const wholeStepFlops = ({ data, train }: Settings, shape: ModelShape): number =>
  stageFlops(shape, maskedTokens(shape.length, data.mask), train.batch, 1);

/** Training FLOPs of a step of stage `index`, averaged over the stage. */
export function averageStepFlops(settings: Settings, index: number): number {
  const target = targetShape(settings);
  const { data, train, schedule } = settings;
  const shape = stageShape(target, schedule[index]!);
  const masked = maskedTokens(shape.length, data.mask);
  const whole = wholeStepFlops(settings, shape);
  const { freeze } = schedule[index]!;
  if (freeze === undefined) return whole;
  return freeze * frozenFlops(shape, masked, newLayers(target, schedule, index)) * train.batch + (1 - freeze) * whole;
}

/** Training FLOPs of the first `done` steps of a stage. */
export function flopsOfSteps(
  { data, train }: Settings,
  { shape, freeze }: Pick<PlannedStage, 'shape' | 'freeze'>,
  done: number,
): number {
  const masked = maskedTokens(shape.length, data.mask);
  if (freeze === null) return stageFlops(shape, masked, train.batch, done);
  const frozen = Math.min(done, freeze.steps);
  const partial = frozenFlops(shape, masked, freeze.layers) * train.batch * frozen;
  return partial + stageFlops(shape, masked, train.batch, done - frozen);
}
