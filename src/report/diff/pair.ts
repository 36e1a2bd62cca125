import type { NumberColumn, Table } from './table.ts';
import { contrastPairs, contrastSamples, type Contrast, type Scale } from '../statistics/contrast.ts';

/** Rows of two tables that are compared with each other. */
export interface Matched {
  readonly reference: readonly number[];
  readonly candidate: readonly number[];
  /** The rows of either side with equal seeds; null where the sides are not paired. */
  readonly pairs: readonly (readonly [reference: number, candidate: number])[] | null;
  readonly warnings: readonly string[];
}

/**
 * Pairs the finished rows of two sides by seed. They are paired where at least half of the larger side's seeds are on
 * the other: pairing takes out what a seed has in common, and costs the seeds that only one side has.
 */
export function matchSeeds(
  reference: Table,
  candidate: Table,
  rows: readonly number[],
  others: readonly number[],
): Matched {
  const sides = {
    reference: rows.filter((row) => reference.done[row]),
    candidate: others.filter((row) => candidate.done[row]),
  };
  const [from, to] = [bySeed(reference, sides.reference), bySeed(candidate, sides.candidate)];
  const apart = (warnings: readonly string[]): Matched => ({ ...sides, pairs: null, warnings });
  if (from === 'none' || to === 'none') return apart([]);
  if (from === 'repeated' || to === 'repeated') return apart(['a seed appears twice: not paired']);
  const pairs = [...from].flatMap(([seed, row]) => {
    const other = to.get(seed);
    return other === undefined ? [] : [[row, other] as const];
  });
  const most = Math.max(from.size, to.size);
  if (pairs.length === most || from.size === 0 || to.size === 0) return { ...sides, pairs, warnings: [] };
  if (2 * pairs.length < most) return apart(['unequal seeds: not paired']);
  return { ...sides, pairs, warnings: [`unequal seeds: compared over the ${pairs.length} that both have`] };
}

function bySeed({ seeds }: Table, rows: readonly number[]): Map<number | string, number> | 'none' | 'repeated' {
  if (seeds === null) return 'none';
  const found = new Map(rows.map((row) => [seeds[row]!, row]));
  return found.size < rows.length ? 'repeated' : found;
}

/** Compares a metric over matched rows; rows that lack it on a side are left out. */
export function contrastOf(
  matched: Matched,
  reference: NumberColumn | undefined,
  candidate: NumberColumn | undefined,
  scale: Scale,
): Contrast {
  const value = (column: NumberColumn | undefined, row: number) => column?.values[row] ?? NaN;
  const known = (column: NumberColumn | undefined, rows: readonly number[]) =>
    rows.map((row) => value(column, row)).filter((number) => !Number.isNaN(number));
  const pairs = matched.pairs
    ?.map(([row, other]) => [value(reference, row), value(candidate, other)] as const)
    .filter(([from, to]) => !Number.isNaN(from) && !Number.isNaN(to));
  if (pairs !== undefined && pairs.length > 0) return contrastPairs(pairs, scale);
  return contrastSamples(known(reference, matched.reference), known(candidate, matched.candidate), scale);
}
