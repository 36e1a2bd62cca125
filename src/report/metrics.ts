import type { MetricInfo } from '../tasks/task.ts';
import type { Scale } from './statistics/contrast.ts';

/** Metrics by task; a task's first metric is the one that counts in the score. */
export type TaskMetrics = ReadonlyMap<string, readonly MetricInfo[]>;

/** What a column of numbers measures, and how it is compared. */
export interface Metric {
  /** The column's name. */
  readonly name: string;
  readonly unit: '' | 'FLOPs' | 's' | 'nats' | 'percent' | 'steps';
  /** Null where neither is better. */
  readonly better: 'higher' | 'lower' | null;
  /** Counted or computed: every difference is real. Else it is noisy, and differences are tested. */
  readonly exact: boolean;
  /** Depends on the clock, and so on what else the machine did. */
  readonly timed: boolean;
  readonly scale: Scale;
  /** Digits after the point in a CSV; smaller differences do not show and do not count. */
  readonly decimals: number;
  /** Whether a comparison shows it without being asked. */
  readonly shown: boolean;
}

const NOISY = { exact: false, timed: false, scale: 'difference', shown: true } as const;
const TIMED = { ...NOISY, unit: 's', better: 'lower', timed: true, scale: 'ratio', decimals: 2 } as const;
const COUNTED = { exact: true, timed: false, scale: 'ratio', decimals: 0 } as const;
const SPEEDUP = { ...NOISY, unit: '', better: 'higher', scale: 'speedup', decimals: 4 } as const;
const WIDTH = { ...NOISY, unit: '', better: null, decimals: 1, shown: false } as const;
const LOSS = { ...NOISY, unit: 'nats', better: 'lower', decimals: 4 } as const;

/** Every column of numbers that growbench writes, tasks' metrics apart: a new one is a line here. */
const METRICS: readonly Metric[] = [
  { ...COUNTED, name: 'steps', unit: 'steps', better: null, shown: false },
  { ...COUNTED, name: 'flops', unit: 'FLOPs', better: 'lower', shown: true },
  { ...TIMED, name: 'seconds' },
  { ...SPEEDUP, name: 'speedup_flops', exact: true },
  { ...SPEEDUP, name: 'speedup_time', timed: true },
  { ...SPEEDUP, name: 'speedup_to_loss' },
  { ...SPEEDUP, name: 'speedup_to_loss_time', timed: true },
  { ...COUNTED, name: 'flops_to_loss', unit: 'FLOPs', better: 'lower', exact: false, shown: false },
  { ...TIMED, name: 'seconds_to_loss', shown: false },
  { ...TIMED, name: 'seconds_compile', shown: false },
  { ...TIMED, name: 'seconds_evaluate', shown: false },
  { ...TIMED, name: 'seconds_finetune', shown: false },
  { ...LOSS, name: 'loss' },
  { ...NOISY, name: 'nsp_accuracy', unit: '', better: 'higher', decimals: 4 },
  { ...WIDTH, name: 'effective_ffn' },
  { ...WIDTH, name: 'effective_hidden' },
  { ...NOISY, name: 'score', unit: 'percent', better: 'higher', decimals: 2 },
];

/** The rate that a cell kept for a task is no measurement. */
const TASK_RATE = /\.rate$/;
const GROWTH_LOSS = /^growth_\d+_(?:before|after)$/;
/** Sections of a sweep file: `train.rate` is a setting, `wordnet-topic.accuracy` a metric. */
const SETTING = /^(?:(?:model|data|train|growth|finetune)\.|schedule$|case$)/;

/** Whether a column holds a setting of the sweep, or the case of a grid that stands for some. */
export const isSetting = (column: string): boolean => SETTING.test(column);

/** What a column of a table measures; null for a column that measures nothing, such as a name. */
export function metricNamed(column: string, tasks: TaskMetrics): Metric | null {
  const known = METRICS.find(({ name }) => name === column);
  if (known !== undefined) return known;
  if (GROWTH_LOSS.test(column)) return { ...LOSS, name: column, shown: false };
  const dot = column.lastIndexOf('.');
  if (dot < 1 || isSetting(column) || TASK_RATE.test(column)) return null;
  if (column.endsWith('_sd')) return { ...otherMetric(column), shown: false };
  const info = tasks.get(column.slice(0, dot))?.find(({ name }) => name === column.slice(dot + 1));
  return { ...otherMetric(column), better: info?.higherIsBetter === false ? 'lower' : 'higher', shown: true };
}

/** A column that growbench does not write: noisy, and neither direction is better. */
export const otherMetric = (name: string): Metric => ({ ...NOISY, name, unit: '', better: null, decimals: 4 });
