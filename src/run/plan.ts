import { cellsOf, type Arm, type ArmGroup, type Cell, type Comparison } from './spec.ts';
import { planStages, totalFlops, type PlannedStage } from './stages.ts';

export { planStages, totalFlops, type PlannedStage } from './stages.ts';

export interface PlannedArm {
  readonly arm: Arm;
  readonly group: ArmGroup;
  readonly stages: readonly PlannedStage[];
  /** Pre-training FLOPs of one cell, if no stage ends early. */
  readonly flops: number;
  /** Baseline FLOPs over this arm's, minus 1: the paper's definition. */
  readonly speedupFlops: number;
}

/** Whether a stage may end before its steps are done, so that FLOPs and speedup are not known before the arm has run. */
export const mayLeaveEarly = ({ stages }: Pick<PlannedArm, 'stages'>): boolean =>
  stages.some(({ until }) => until !== null);

/** What a sweep will do, before anything is done. */
export interface Plan {
  readonly comparison: Comparison;
  readonly arms: readonly PlannedArm[];
  readonly cells: readonly Cell[];
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
