import { stageFlops } from '../growth/flops.ts';
import type { ModelShape } from '../growth/layout.ts';
import { stageShape, stageSteps } from '../growth/schedule.ts';
import {
  canonical,
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
  /** FLOPs of one of its steps as a share of the target's. */
  readonly cost: number;
}

export interface PlannedArm {
  readonly arm: Arm;
  readonly group: ArmGroup;
  readonly stages: readonly PlannedStage[];
  /** Pre-training FLOPs of one cell. */
  readonly flops: number;
  /** FLOPs of the baseline at its point over this arm's, minus 1: the paper's definition. */
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
    const planned = { shape, start, steps: own, flops: flopsOf(shape, own), cost };
    start += own;
    return planned;
  });
}

/** Plans a whole comparison. */
export function planSweep(comparison: Comparison): Plan {
  const planned = comparison.arms.map((arm) => {
    const stages = planStages(arm.settings);
    return { arm, group: arm.group, stages, flops: stages.reduce((sum, stage) => sum + stage.flops, 0) };
  });
  const arms = armsByPoint(planned).flatMap((own) =>
    own.map((arm) => ({ ...arm, speedupFlops: own[0]!.flops / arm.flops - 1 })),
  );
  return { comparison, arms, cells: cellsOf(comparison) };
}

/** The comparisons that a sweep repeats: the arms of each point of its grid, the baseline first. */
export function armsByPoint<Planned extends { readonly arm: Arm }>(arms: readonly Planned[]): Planned[][] {
  const points = new Map<string, Planned[]>();
  for (const planned of arms) {
    const key = canonical(planned.arm.point);
    const own = points.get(key);
    if (own === undefined) points.set(key, [planned]);
    else own.push(planned);
  }
  return [...points.values()];
}
