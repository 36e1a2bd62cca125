import type { Plan } from '../run/plan.ts';
import type { CellResult } from '../run/record.ts';
import { countingMetrics, mean } from '../tasks/metrics.ts';
import type { TaskMetrics } from './metrics.ts';

/** One metric of one task: a column of the tables. */
export interface MetricColumn {
  readonly task: string;
  readonly metric: string;
}

/** Tasks that the arms of a plan are fine-tuned on, in the order in which the sweep lists them. */
export function tasksOf(plan: Plan): string[] {
  return [...new Set(plan.comparison.arms.flatMap(({ settings }) => settings.finetune.tasks))];
}

/** The columns of all metrics of the plan's tasks, task by task. */
export function metricColumns(plan: Plan, metrics: TaskMetrics): MetricColumn[] {
  return tasksOf(plan).flatMap((task) => (metrics.get(task) ?? []).map(({ name }) => ({ task, metric: name })));
}

/** A metric as the task defines it (accuracies from 0 to 1); null where the cell has none. */
export const metricOf = (result: CellResult, { task, metric }: MetricColumn): number | null =>
  result.tasks[task]?.metrics[metric] ?? null;

/** Percent, as GLUE and SQuAD report it. */
const PERCENT = 100;

/**
 * Mean over the tasks, times 100, of the mean of each task's metrics that count: GLUE's overall score, in which a task
 * with several metrics counts once and the diagnostic set not at all. Null without tasks that count, and where one of
 * them is missing: a mean over fewer tasks is another score.
 */
export function scoreOf(result: CellResult, tasks: readonly string[], metrics: TaskMetrics): number | null {
  const shares = tasks.flatMap((task) => {
    const known = metrics.get(task);
    if (known === undefined) return [null];
    const counting = countingMetrics(known).map(({ name }) => metricOf(result, { task, metric: name }));
    if (counting.length === 0) return [];
    const values = counting.filter((value) => value !== null);
    return [values.length < counting.length ? null : mean(values)];
  });
  const values = shares.filter((value) => value !== null);
  return values.length === 0 || values.length < shares.length
    ? null
    : (PERCENT * values.reduce((sum, value) => sum + value, 0)) / values.length;
}
