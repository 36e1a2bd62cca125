import type { TaskMetrics } from '../report/metrics.ts';
import { tasks } from '../tasks/index.ts';

/** The metrics of every task that growbench has, by the task's name. */
export const metricsOfTasks = (): TaskMetrics => new Map(tasks.map(({ name, metrics }) => [name, metrics]));
