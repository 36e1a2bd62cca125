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
 * the grid, over the own, minus 1. Without seeds or a baseline (a row whose `dimension` says so) there are none.
 */
export function withSpeedups(table: Table): Table {
  const { seeds } = table;
  const dimension = table.configuration.get('dimension');
  if (seeds === null || dimension === undefined) return table;
  const points = rowNames(table, gridColumns(table)).map((point, row) => `${seeds[row]!}\n${point}`);
  const baselines = new Map<string, number>();
  for (const [row, group] of dimension.entries()) {
    if (group === 'baseline' && table.done[row] === true) baselines.set(points[row]!, row);
  }
  const added = SPEEDUPS.flatMap(([name, cost]): [string, NumberColumn][] => {
    const costs = table.metrics.get(cost)?.values;
    const metric = metricNamed(name, new Map());
    if (costs === undefined || metric === null || table.metrics.has(name)) return [];
    const values = costs.map((own, row) => (costs[baselines.get(points[row]!) ?? -1] ?? NaN) / own - 1);
    return [[name, { metric, values: values.map((value) => (Number.isFinite(value) ? value : NaN)) }]];
  });
  return baselines.size === 0 ? table : { ...table, metrics: new Map([...table.metrics, ...added]) };
}
