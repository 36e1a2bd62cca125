import type { Plan, PlannedArm } from '../run/plan.ts';
import type { CellRecord, CellResult } from '../run/record.ts';
import type { ArmGroup } from '../run/spec.ts';
import { outcomesOf, type Outcome } from './outcomes.ts';
import { metricColumns, metricOf, scoreOf, tasksOf, type MetricColumn, type TaskMetrics } from './score.ts';
import { mean, median, range, standardDeviation } from './statistics.ts';
import { warningsOf } from './warnings.ts';

/** A number over the seeds of an arm: mean and sample standard deviation; null where there is none. */
export interface Summary {
  readonly mean: number | null;
  readonly sd: number | null;
}

/** A speedup in time over the seeds that the arm and the baseline both finished. */
export interface TimeSpeedup {
  readonly median: number | null;
  /** Smallest and largest of the seeds' speedups; null below two seeds. */
  readonly low: number | null;
  readonly high: number | null;
}

/** What is known of an arm: a row of the results table. */
export interface ArmRow {
  readonly dimension: ArmGroup;
  readonly arm: string;
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
  readonly speedupTime: TimeSpeedup;
  /** Final validation loss in nats per masked token. */
  readonly loss: Summary;
  /** FFN and hidden units that differ at the end, mean over the cells; null where no record says. */
  readonly width: { readonly ffn: number | null; readonly hidden: number | null };
  readonly metrics: readonly (MetricColumn & Summary)[];
  /** In percent. */
  readonly score: Summary;
  /** Mean over the shared seeds of the arm's score minus the baseline's. */
  readonly scoreDelta: number | null;
  readonly warnings: readonly string[];
}

/** A row per arm of the plan, in its order; the first is the baseline that the others are compared with. */
export function armRows(plan: Plan, records: readonly CellRecord[], metrics: TaskMetrics): ArmRow[] {
  const outcomes = outcomesOf(plan, records);
  const cellsOf = (arm: PlannedArm) => outcomes.filter((outcome) => outcome.arm === arm);
  const [first] = plan.arms;
  const baseline = first === undefined ? [] : cellsOf(first);
  return plan.arms.map((arm) => armRow(plan, arm, cellsOf(arm), baseline, metrics));
}

function armRow(
  plan: Plan,
  planned: PlannedArm,
  arm: readonly Outcome[],
  baseline: readonly Outcome[],
  metrics: TaskMetrics,
): ArmRow {
  const tasks = tasksOf(plan);
  const over = (pick: (result: CellResult) => number | null) => numbers(arm, pick);
  const score = (result: CellResult) => scoreOf(result, tasks, metrics);
  const flops = mean(over((result) => result.flops));
  const baselineFlops = mean(numbers(baseline, (result) => result.flops));
  return {
    dimension: planned.group,
    arm: planned.arm.name,
    n: arm.filter(({ done }) => done !== null).length,
    failed: arm.filter(({ status }) => status === 'failed' || status === 'diverged').length,
    steps: mean(over((result) => result.steps)),
    flops,
    seconds: mean(over(({ seconds }) => seconds.train)),
    speedupFlops: flops === null || baselineFlops === null ? null : baselineFlops / flops - 1,
    speedupTime: timeSpeedup(paired(arm, baseline, ({ seconds }) => seconds.train)),
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
    scoreDelta: mean(paired(arm, baseline, score).map(([own, reference]) => own - reference)),
    warnings: warningsOf(arm, baseline, plan.comparison.vary),
  };
}

function numbers(outcomes: readonly Outcome[], pick: (result: CellResult) => number | null): number[] {
  return outcomes.map(({ done }) => (done === null ? null : pick(done))).filter((value) => value !== null);
}

/** A number of the arm's and of the baseline's cell, for every seed that both have. */
function paired(
  arm: readonly Outcome[],
  baseline: readonly Outcome[],
  pick: (result: CellResult) => number | null,
): (readonly [own: number, reference: number])[] {
  return arm.flatMap(({ cell, done }) => {
    const other = baseline.find((outcome) => outcome.cell.seed === cell.seed)?.done;
    const own = done && pick(done);
    const reference = other && pick(other);
    return own == null || reference == null ? [] : [[own, reference] as const];
  });
}

/** Paired by seed, so that slow drift of the machine cancels: the cells of a seed run one after another. */
function timeSpeedup(seconds: readonly (readonly [own: number, reference: number])[]): TimeSpeedup {
  const speedups = seconds.filter(([own]) => own > 0).map(([own, reference]) => reference / own - 1);
  const span = range(speedups);
  return { median: median(speedups), low: span?.[0] ?? null, high: span?.[1] ?? null };
}

const summary = (values: readonly number[]): Summary => ({ mean: mean(values), sd: standardDeviation(values) });
