import { metricNamed } from '../metrics.ts';
import { gridColumns, rowNames } from './match.ts';
import type { NumberColumn, Table } from './table.ts';

/** Speedups, and the costs that they are ratios of. */
const SPEEDUPS: readonly (readonly [speedup: string, cost: string])[] = [
  ['speedup_flops', 'flops'],
  ['speedup_time', 'seconds'],
  ['speedup_to_loss', 'flops_to_loss'],
  ['speedup_to_loss_time', 'seconds_to_loss'],
];

/**
 * The table with the speedups of its cells: the cost of the baseline's cell with the same seed, at the same point of
 * the grid, over the own, minus 1. Without seeds or a baseline (a row whose `dimension` says so) there are none; a
 * baseline itself has none, being 0 by definition.
 */
export function withSpeedups(table: Table): Table {
  const dimension = table.configuration.get('dimension');
  if (dimension === undefined) return table;
  const metrics = [...table.metrics, ...speedups(table, dimension)].map(([name, { metric, values }]) => {
    if (metric.scale !== 'speedup') return [name, { metric, values }] as const;
    return [
      name,
      { metric, values: values.map((value, row) => (dimension[row] === 'baseline' ? NaN : value)) },
    ] as const;
  });
  return { ...table, metrics: new Map(metrics) };
}

function speedups(table: Table, dimension: readonly string[]): [string, NumberColumn][] {
  const { seeds } = table;
  if (seeds === null) return [];
  const points = rowNames(table, gridColumns(table)).map((point, row) => `${seeds[row]!}\n${point}`);
  const baselines = new Map<string, number>();
  for (const [row, group] of dimension.entries()) {
    if (group === 'baseline' && table.done[row] === true) baselines.set(points[row]!, row);
  }
  return SPEEDUPS.flatMap(([name, cost]): [string, NumberColumn][] => {
    const costs = table.metrics.get(cost)?.values;
    const metric = metricNamed(name, new Map());
    if (baselines.size === 0 || costs === undefined || metric === null || table.metrics.has(name)) return [];
    const values = costs.map((own, row) => (costs[baselines.get(points[row]!) ?? -1] ?? NaN) / own - 1);
    return [[name, { metric, values: values.map((value) => (Number.isFinite(value) ? value : NaN)) }]];
  });
}
