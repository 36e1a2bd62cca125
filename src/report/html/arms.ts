import { armsByPoint, type Plan, type PlannedArm } from '../../run/plan.ts';
import type { CellRecord } from '../../run/record.ts';
import { canonical, pointText, targetShape } from '../../run/spec.ts';
import { armRows, type ArmRow } from '../arms.ts';
import type { TaskMetrics } from '../metrics.ts';
import { outcomesOf, type Outcome } from '../outcomes.ts';

/** All that the page tells of an arm. */
export interface ReportedArm {
  readonly planned: PlannedArm;
  readonly row: ArmRow;
  /** Its cells, seed by seed. */
  readonly outcomes: readonly Outcome[];
  /** Whether its last stage is the full-size model. One that never grows is faster, but is another model. */
  readonly grown: boolean;
}

/** A comparison: the arms at one point of the grid, the baseline first. */
export interface ReportedPoint {
  /** What a grid varies here, as in `train.rate=0.001`; empty without a grid. */
  readonly title: string;
  readonly arms: readonly ReportedArm[];
}

/** The arms of a plan with what came of them, point by point. */
export function reportedPoints(plan: Plan, records: readonly CellRecord[], metrics: TaskMetrics): ReportedPoint[] {
  const rows = armRows(plan, records, metrics);
  const outcomes = outcomesOf(plan, records);
  return armsByPoint(plan.arms).map((arms) => ({
    title: Object.entries(arms[0]!.arm.point)
      .map(([key, value]) => `${key}=${pointText(value)}`)
      .join(', '),
    arms: arms.map((planned) => ({
      planned,
      row: rows[plan.arms.indexOf(planned)]!,
      outcomes: outcomes.filter(({ arm }) => arm === planned),
      grown: canonical(planned.stages.at(-1)?.shape) === canonical(targetShape(planned.arm.settings)),
    })),
  }));
}
