import type { Metric } from '../metrics.ts';
import type { Contrast } from '../statistics/contrast.ts';
import { judge } from '../statistics/family.ts';
import { comparability } from './comparability.ts';
import { groupRows, keyColumns } from './match.ts';
import { contrastOf, matchSeeds, type Matched } from './pair.ts';
import type { NumberColumn, Table } from './table.ts';
import { verdictOf, type Noise, type Verdict } from './verdict.ts';

export interface CompareOptions {
  /** Columns that name a row; null for the arm and what a grid varies. */
  readonly key: readonly string[] | null;
  /** Columns and traits that may differ without being warned of. */
  readonly ignore: readonly string[];
  /** Metrics to show; empty for those that are usually shown. */
  readonly metrics: readonly string[];
  /** Metrics that gates watch: shown in any case. */
  readonly watched: readonly string[];
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
  /** Cells of the candidate's that failed or lack the number, beyond those of the reference's. */
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
  const sides = { reference, candidate };
  const unjudged = shownMetrics(reference, candidate, options).flatMap((metric) =>
    arms.flatMap((arm) => unjudgedRow(metric, arm, sides)),
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

interface MatchedArm {
  readonly name: string;
  readonly rows: readonly number[];
  readonly own: readonly number[];
  readonly matched: Matched;
}

type UnjudgedRow = Omit<DiffRow, 'p' | 'needs' | 'verdict'>;

/** A row of the diff, or none where an arm is on both sides and neither has the metric. */
function unjudgedRow(
  metric: Metric,
  { name, rows, own, matched }: MatchedArm,
  { reference, candidate }: { readonly reference: Table; readonly candidate: Table },
): UnjudgedRow[] {
  const [from, to] = [reference.metrics.get(metric.name), candidate.metrics.get(metric.name)];
  const contrast = contrastOf(matched, from, to, metric.scale);
  if (contrast.n[0] + contrast.n[1] === 0 && rows.length > 0 && own.length > 0) return [];
  const losses = [
    [reference, failures(reference, rows), lacking(from, matched.reference)],
    [candidate, failures(candidate, own), lacking(to, matched.candidate)],
  ] as const;
  const [before, after] = losses.map(([, failed, lacks]) => failed + lacks);
  return [
    {
      metric,
      name,
      contrast,
      failed: Math.max(0, after! - before!),
      warnings: [
        ...matched.warnings,
        ...losses.flatMap(([{ label }, failed, lacks]) => [
          ...(failed > 0 ? [`${label}: ${cells(failed)} failed`] : []),
          ...(lacks > 0 && contrast.n[0] > 0 && contrast.n[1] > 0
            ? [`${label}: ${cells(lacks)} without ${metric.name}`]
            : []),
        ]),
      ],
    },
  ];
}

function shownMetrics(reference: Table, candidate: Table, { metrics, watched }: CompareOptions): Metric[] {
  const all = new Map([...reference.metrics, ...candidate.metrics].map(([name, { metric }]) => [name, metric]));
  const usual = [...all.values()].filter(({ shown }) => shown).map(({ name }) => name);
  return [...new Set([...(metrics.length > 0 ? metrics : usual), ...watched])].flatMap((name) => all.get(name) ?? []);
}

const failures = ({ failed }: Table, rows: readonly number[]): number =>
  rows.reduce((sum, row) => sum + failed[row]!, 0);

/** Finished cells that have no such number. */
const lacking = (column: NumberColumn | undefined, rows: readonly number[]): number =>
  rows.filter((row) => Number.isNaN(column?.values[row] ?? NaN)).length;

const cells = (count: number): string => `${count} ${count === 1 ? 'cell' : 'cells'}`;
