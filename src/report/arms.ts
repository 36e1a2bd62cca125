import type { Plan, PlannedArm } from '../run/plan.ts';
import type { CellRecord, CellResult } from '../run/record.ts';
import type { ArmGroup, Point } from '../run/spec.ts';
import { againstBaseline, judged, type Against, type Difference } from './against.ts';
import type { TaskMetrics } from './metrics.ts';
import { baselineArms, outcomesOf, type Outcome } from './outcomes.ts';
import { metricColumns, metricOf, scoreOf, tasksOf, type MetricColumn } from './score.ts';
import { mean, standardDeviation } from './statistics/centre.ts';
import type { Estimate } from './statistics/interval.ts';
import { warningsOf } from './warnings.ts';

/** A number over the seeds of an arm: mean and sample standard deviation; null where there is none. */
export interface Summary {
  readonly mean: number | null;
  readonly sd: number | null;
}

/** What is known of an arm: a row of the results table. */
export interface ArmRow {
  readonly dimension: ArmGroup;
  readonly arm: string;
  readonly point: Point;
  /** Cells trained to the end; all numbers are over these. */
  readonly n: number;
  /** Cells that crashed or diverged. */
  readonly failed: number;
  readonly steps: number | null;
  /** Pre-training FLOPs of a cell, as the trainer counted them. */
  readonly flops: number | null;
  /** Mean time of the pre-training steps of a cell. */
  readonly seconds: number | null;
  /** Baseline FLOPs over the arm's, minus 1. */
  readonly speedupFlops: number | null;
  /** The same for the time of the steps: geometric mean over the seeds that both arms finished, and its interval. */
  readonly speedupTime: Estimate;
  /** The same for the FLOPs and the time it took to come to the baseline's final loss; null unless every seed did. */
  readonly speedupToLoss: Estimate;
  readonly speedupToLossTime: Estimate;
  /** Final validation loss in nats per masked token. */
  readonly loss: Summary;
  /** Against the baseline, over the seeds that both arms finished. */
  readonly lossDelta: Difference;
  /** FFN and hidden units that differ at the end, mean over the cells; null where no record says. */
  readonly width: { readonly ffn: number | null; readonly hidden: number | null };
  readonly metrics: readonly (MetricColumn & Summary)[];
  /** In percent. */
  readonly score: Summary;
  readonly scoreDelta: Difference;
  readonly warnings: readonly string[];
}

/** A row per arm of the plan, in its order; each is compared with the first one of its point. */
export function armRows(plan: Plan, records: readonly CellRecord[], metrics: TaskMetrics): ArmRow[] {
  const outcomes = outcomesOf(plan, records);
  const cellsOf = (arm: PlannedArm) => outcomes.filter((outcome) => outcome.arm === arm);
  const baselines = baselineArms(plan);
  const tasks = tasksOf(plan);
  const score = (result: CellResult) => scoreOf(result, tasks, metrics);
  const sides = plan.arms.map((arm) => ({ arm, own: cellsOf(arm), baseline: cellsOf(baselines.get(arm)!) }));
  const against = judged(sides.map(({ own, baseline }) => againstBaseline(own, baseline, score)));
  return sides.map(({ arm, own, baseline }, index) => ({
    ...armRow(plan, arm, own, score, metrics),
    ...comparison(against[index]!),
    warnings: [...warningsOf(own, baseline, plan.comparison.vary), ...against[index]!.warnings],
  }));
}

/** What is known of an arm by itself. */
function armRow(
  plan: Plan,
  planned: PlannedArm,
  arm: readonly Outcome[],
  score: (result: CellResult) => number | null,
  metrics: TaskMetrics,
) {
  const over = (pick: (result: CellResult) => number | null) => numbers(arm, pick);
  return {
    dimension: planned.group,
    arm: planned.arm.name,
    point: planned.arm.point,
    n: arm.filter(({ done }) => done !== null).length,
    failed: arm.filter(({ status }) => status === 'failed' || status === 'diverged').length,
    steps: mean(over((result) => result.steps)),
    flops: mean(over((result) => result.flops)),
    seconds: mean(over(({ seconds }) => seconds.train)),
    loss: summary(over((result) => result.loss)),
    width: {
      ffn: mean(over(({ width }) => width?.ffn ?? null)),
      hidden: mean(over(({ width }) => width?.hidden ?? null)),
    },
    metrics: metricColumns(plan, metrics).map((column) => ({
      ...column,
      ...summary(over((result) => metricOf(result, column))),
    })),
    score: summary(over(score)),
  };
}

function comparison({ speedupFlops, speedupTime, speedupToLoss, speedupToLossTime, lossDelta, scoreDelta }: Against) {
  return { speedupFlops, speedupTime, speedupToLoss, speedupToLossTime, lossDelta, scoreDelta };
}

function numbers(outcomes: readonly Outcome[], pick: (result: CellResult) => number | null): number[] {
  return outcomes.map(({ done }) => (done === null ? null : pick(done))).filter((value) => value !== null);
}

const summary = (values: readonly number[]): Summary => ({ mean: mean(values), sd: standardDeviation(values) });
