import type { Plan } from '../run/plan.ts';
import type { CellResult } from '../run/record.ts';
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
 * Mean over the tasks of each task's first metric, times 100: GLUE's overall score. Null without tasks, and where one
 * task is missing: a mean over fewer tasks is another score.
 */
export function scoreOf(result: CellResult, tasks: readonly string[], metrics: TaskMetrics): number | null {
  const firsts = tasks.map((task) => {
    const metric = metrics.get(task)?.[0]?.name;
    return metric === undefined ? null : metricOf(result, { task, metric });
  });
  const known = firsts.filter((value) => value !== null);
  if (known.length === 0 || known.length < firsts.length) return null;
  return (PERCENT * known.reduce((sum, value) => sum + value, 0)) / known.length;
}
