import { canonical, cellsOf, type Arm, type ArmGroup, type Cell, type Comparison } from './spec.ts';
import { planStages, totalFlops, type PlannedStage } from './stages.ts';

export { planStages, totalFlops, type PlannedStage } from './stages.ts';

export interface PlannedArm {
  readonly arm: Arm;
  readonly group: ArmGroup;
  readonly stages: readonly PlannedStage[];
  /** Pre-training FLOPs of one cell, if no stage ends early. */
  readonly flops: number;
  /** FLOPs of the baseline at its point over this arm's, minus 1: the paper's definition. Null where either has none. */
  readonly speedupFlops: number | null;
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
  const arms = armsByPoint(planned).flatMap((own) =>
    own.map((arm) => ({ ...arm, speedupFlops: speedup(own[0]!.flops, arm.flops) })),
  );
  return { comparison, arms, cells: cellsOf(comparison) };
}

/** What it cost the reference over what it costs, minus 1; null where there is nothing to save, or nothing is spent. */
export const speedup = (reference: number, own: number): number | null =>
  reference > 0 && own > 0 ? reference / own - 1 : null;

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
