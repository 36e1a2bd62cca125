import type { Metric } from '../metrics.ts';
import type { Contrast } from '../statistics/contrast.ts';
import { judge } from '../statistics/family.ts';
import { comparability } from './comparability.ts';
import { groupRows, keyColumns } from './match.ts';
import { contrastOf, matchSeeds } from './pair.ts';
import type { Table } from './table.ts';
import { verdictOf, type Noise, type Verdict } from './verdict.ts';

export interface CompareOptions {
  /** Columns that name a row; null for the arm and what a grid varies. */
  readonly key: readonly string[] | null;
  /** Columns and traits that may differ without being warned of. */
  readonly ignore: readonly string[];
  /** Metrics to show; empty for those that are usually shown. */
  readonly metrics: readonly string[];
  /** Family-wise level of significance. */
  readonly level: number;
  readonly noise: Noise;
}

/** One metric of one arm on both sides: a row of the diff. */
export interface DiffRow {
  readonly metric: Metric;
  /** The arm, and its point in the grid. */
  readonly name: string;
  readonly contrast: Contrast;
  /** Adjusted for all rows by Holm's method; null where nothing is tested. */
  readonly p: number | null;
  readonly verdict: Verdict;
  /** Seeds below which no outcome could be significant; null where there are enough or nothing is tested. */
  readonly needs: number | null;
  /** Cells of the candidate's that failed, beyond those of the reference's. */
  readonly failed: number;
  readonly warnings: readonly string[];
}

/** A candidate compared with a reference. */
export interface Diff {
  readonly reference: string;
  readonly candidate: string;
  readonly rows: readonly DiffRow[];
  readonly warnings: readonly string[];
}

/**
 * Compares two tables, a row a metric and arm: metric by metric in the reference's order, within it arm by arm. Rows
 * that only one side has are part of it.
 */
export function compare(reference: Table, candidate: Table, options: CompareOptions): Diff {
  const key = keyColumns([reference, candidate], options.key, options.ignore);
  const [groups, others] = [groupRows(reference, key), groupRows(candidate, key)];
  const names = [...new Set([...groups.keys(), ...others.keys()])];
  const arms = names.map((name) => {
    const [rows, own] = [groups.get(name) ?? [], others.get(name) ?? []];
    return { name, rows, own, matched: matchSeeds(reference, candidate, rows, own) };
  });
  const unjudged = shownMetrics(reference, candidate, options.metrics).flatMap((metric) =>
    arms.flatMap(({ name, rows, own, matched }) => {
      const { name: column, scale } = metric;
      const contrast = contrastOf(matched, reference.metrics.get(column), candidate.metrics.get(column), scale);
      if (contrast.n[0] + contrast.n[1] === 0 && rows.length > 0 && own.length > 0) return [];
      const failed = [failures(reference, rows), failures(candidate, own)] as const;
      const failedText = [failedWarning(reference, rows), failedWarning(candidate, own)].flat();
      return [
        {
          metric,
          name,
          contrast,
          failed: Math.max(0, failed[1] - failed[0]),
          warnings: [...matched.warnings, ...failedText],
        },
      ];
    }),
  );
  const tested = unjudged.filter(
    ({ metric }) => !metric.exact && reference.kind === 'cells' && candidate.kind === 'cells',
  );
  const judged = judge(
    tested.map(({ contrast }) => contrast),
    options.level,
  );
  const byRow = new Map(tested.map((row, index) => [row, judged[index]!]));
  const rows = unjudged.map((row): DiffRow => {
    const { p, needs } = byRow.get(row) ?? { p: null, needs: null };
    const verdict = verdictOf(row.metric, row.contrast, { p, needs, level: options.level, noise: options.noise });
    return { ...row, p, needs, verdict };
  });
  const comparable = comparability([reference, groups], [candidate, others], key, options.ignore);
  const warnings = [...reference.notes, ...candidate.notes, ...comparable];
  return { reference: reference.label, candidate: candidate.label, rows, warnings };
}

function shownMetrics(reference: Table, candidate: Table, wanted: readonly string[]): Metric[] {
  const all = new Map([...reference.metrics, ...candidate.metrics].map(([name, { metric }]) => [name, metric]));
  if (wanted.length > 0) return wanted.flatMap((name) => all.get(name) ?? []);
  return [...all.values()].filter(({ shown }) => shown);
}

const failures = ({ failed }: Table, rows: readonly number[]): number =>
  rows.reduce((sum, row) => sum + failed[row]!, 0);

function failedWarning(table: Table, rows: readonly number[]): string[] {
  const failed = failures(table, rows);
  return failed === 0 ? [] : [`${table.label}: ${failed} ${failed === 1 ? 'cell' : 'cells'} failed`];
}
