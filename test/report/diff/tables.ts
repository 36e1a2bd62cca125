import { metricNamed } from '../../../src/report/metrics.ts';
import type { CompareOptions } from '../../../src/report/diff/compare.ts';
import type { Table } from '../../../src/report/diff/table.ts';

export const OPTIONS: CompareOptions = {
  key: null,
  ignore: [],
  metrics: [],
  watched: [],
  level: 0.05,
  noise: new Map(),
};

/** A table of one arm, a row a seed, from its metrics' values. */
export function tableOf(
  label: string,
  metrics: Readonly<Record<string, readonly number[]>>,
  change: Partial<Table> = {},
): Table {
  const rows = Math.max(...Object.values(metrics).map(({ length }) => length));
  return {
    label,
    kind: 'cells',
    rows,
    configuration: new Map([['arm', Array.from({ length: rows }, () => 'stack')]]),
    traits: new Map([['engine', Array.from({ length: rows }, () => 'wasm')]]),
    seeds: Array.from({ length: rows }, (_, seed) => seed),
    done: Array.from({ length: rows }, () => true),
    failed: Array.from({ length: rows }, () => 0),
    metrics: new Map(
      Object.entries(metrics).map(([name, values]) => [
        name,
        { metric: metricNamed(name, new Map())!, values: Float64Array.from(values) },
      ]),
    ),
    notes: [],
    ...change,
  };
}
