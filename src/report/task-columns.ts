import { protocolOf } from '../run/protocol.ts';
import type { Plan } from '../run/plan.ts';
import type { TaskRecord } from '../run/record.ts';
import { decimals, type CsvColumn } from './csv.ts';
import { metricNamed, type TaskMetrics } from './metrics.ts';
import type { Outcome } from './outcomes.ts';
import { metricColumns, tasksOf } from './score.ts';

/**
 * A cell's columns of its tasks, task by task: every metric, with its standard deviation over the fine-tuning seeds
 * where some arm has several, and last the rate that was kept where some arm tries several. Which columns there are
 * depends on the plan alone, so that all runs of a sweep have the same.
 */
export function taskColumns(plan: Plan, metrics: TaskMetrics): CsvColumn<Outcome>[] {
  const columns = metricColumns(plan, metrics);
  return tasksOf(plan).flatMap((task) => {
    const protocols = plan.comparison.arms.map(({ settings }) => protocolOf(settings, task));
    const spread = protocols.some(({ seeds }) => seeds > 1);
    const chosen = protocols.some(({ rates }) => rates.length > 1);
    return [
      ...columns
        .filter((column) => column.task === task)
        .flatMap(({ metric }) => [
          scoreColumn(task, metric, '', metrics, (record) => record.metrics[metric]),
          ...(spread ? [scoreColumn(task, metric, '_sd', metrics, (record) => record.spread?.[metric])] : []),
        ]),
      ...(chosen ? [rateColumn(task)] : []),
    ];
  });
}

/** With as many digits as the metric has. */
function scoreColumn(
  task: string,
  metric: string,
  ending: '' | '_sd',
  metrics: TaskMetrics,
  pick: (record: TaskRecord) => number | undefined,
): CsvColumn<Outcome> {
  const name = `${task}.${metric}`;
  return decimals(`${name}${ending}`, metricNamed(name, metrics)!.decimals, (outcome) => {
    const record = recordOf(outcome, task);
    return (record && pick(record)) ?? null;
  });
}

const rateColumn = (task: string): CsvColumn<Outcome> => ({
  name: `${task}.rate`,
  text: (outcome) => recordOf(outcome, task)?.rate?.toString() ?? null,
});

const recordOf = ({ record }: Outcome, task: string): TaskRecord | undefined => record?.result?.tasks[task];
