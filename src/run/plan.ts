import type { Entering } from '../growth/entering.ts';
import { stageFlops } from '../growth/flops.ts';
import type { ModelShape } from '../growth/layout.ts';
import { growingFlops, type Fit } from '../growth/learned.ts';
import { enteringAfter, fitAfter, growthAfter, stageShape, stageSteps } from '../growth/schedule.ts';
import {
  cellsOf,
  maskedTokens,
  targetShape,
  type Arm,
  type ArmGroup,
  type Cell,
  type Comparison,
  type Settings,
} from './spec.ts';

/** A stage as it will run. */
export interface PlannedStage {
  readonly shape: ModelShape;
  /** The first step of the stage, counted from 0 over the whole run. */
  readonly start: number;
  readonly steps: number;
  /** Training FLOPs of all its steps. */
  readonly flops: number;
  /** The fitting of what the growth into this stage learns; null where it learns nothing. */
  readonly fit: PlannedFit | null;
  /** What the growth into this stage lets in through masks; null where all of it is there at once. */
  readonly entering: Entering | null;
  /** FLOPs of one of its steps as a share of the target's. */
  readonly cost: number;
}

export interface PlannedFit extends Fit {
  /** FLOPs of all its steps. */
  readonly flops: number;
}

/** FLOPs of some stages, and of the fitting between them. */
export const totalFlops = (stages: readonly PlannedStage[]): number =>
  stages.reduce((sum, { flops, fit }) => sum + flops + (fit?.flops ?? 0), 0);

export interface PlannedArm {
  readonly arm: Arm;
  readonly group: ArmGroup;
  readonly stages: readonly PlannedStage[];
  /** Pre-training FLOPs of one cell. */
  readonly flops: number;
  /** Baseline FLOPs over this arm's, minus 1: the paper's definition. */
  readonly speedupFlops: number;
}

/** What a sweep will do, before anything is done. */
export interface Plan {
  readonly comparison: Comparison;
  readonly arms: readonly PlannedArm[];
  readonly cells: readonly Cell[];
}

/** The stages of a cell, with shapes, steps and FLOPs. The trainer runs exactly these. */
export function planStages(settings: Settings): PlannedStage[] {
  const target = targetShape(settings);
  const steps = stageSteps(settings.schedule, settings.train.steps);
  const flopsOf = (shape: ModelShape, own: number) =>
    stageFlops(shape, maskedTokens(shape.length, settings.data.mask), settings.train.batch, own);
  let start = 0;
  return settings.schedule.map((stage, index) => {
    const shape = stageShape(target, stage);
    const own = steps[index]!;
    const cost = flopsOf(shape, 1) / flopsOf(target, 1);
    const fit = planFit(settings, index - 1);
    const entering = enteringAfter(target, settings.schedule, index - 1);
    const planned = { shape, start, steps: own, flops: flopsOf(shape, own), cost, fit, entering };
    start += own;
    return planned;
  });
}

/** A fitting step is a training step of the grown model, made anew from the small one each time. */
function planFit(settings: Settings, afterStage: number): PlannedFit | null {
  const fit = fitAfter(settings.schedule, afterStage);
  if (fit === null) return null;
  const target = targetShape(settings);
  const [from, to] = [afterStage, afterStage + 1].map((index) => stageShape(target, settings.schedule[index]!));
  const training = stageFlops(to!, maskedTokens(to!.length, settings.data.mask), settings.train.batch, 1);
  const growing = growingFlops(growthAfter(target, settings.schedule, afterStage), from!);
  return { ...fit, flops: fit.steps * (training + growing) };
}

/** Plans a whole comparison. */
export function planSweep(comparison: Comparison): Plan {
  const planned = comparison.arms.map((arm) => {
    const stages = planStages(arm.settings);
    return { arm, group: arm.group, stages, flops: totalFlops(stages) };
  });
  const baseline = planned[0]?.flops ?? 0;
  const arms = planned.map((arm) => ({ ...arm, speedupFlops: baseline / arm.flops - 1 }));
  return { comparison, arms, cells: cellsOf(comparison) };
}
