import { decimals, integers, toCsv, type CsvColumn } from '../csv.ts';
import type { Estimate } from '../statistics/interval.ts';
import type { Diff, DiffRow } from './compare.ts';

type Line = DiffRow & Pick<Diff, 'reference' | 'candidate'>;

/** Digits of changes: of ratios, and in the metric's own unit beyond its usual ones. */
const DELTA_DIGITS = 6;

/**
 * All comparisons as one CSV, a row a metric, arm and candidate. Deltas are candidate minus reference; where `scale` is
 * not `difference`, the ratio minus 1. Intervals hold 95 %.
 */
export const diffCsv = (diffs: readonly Diff[]): string =>
  toCsv(
    COLUMNS,
    diffs.flatMap(({ reference, candidate, rows }) => rows.map((row): Line => ({ ...row, reference, candidate }))),
  );

const text = (name: string, of: (line: Line) => string | null): CsvColumn<Line> => ({ name, text: of });

const sided = (name: string, of: (line: Line) => Estimate): CsvColumn<Line>[] =>
  (['value', 'low', 'high'] as const).map((end) => {
    const suffix = { value: '', low: '_lo', high: '_hi' }[end];
    return text(`${name}${suffix}`, (line) =>
      decimals<Line>('', line.metric.decimals, (own) => of(own)[end]).text(line),
    );
  });

const COLUMNS: readonly CsvColumn<Line>[] = [
  text('metric', ({ metric }) => metric.name),
  text('unit', ({ metric }) => metric.unit),
  text('scale', ({ metric }) => metric.scale),
  text('better', ({ metric }) => metric.better),
  text('arm', ({ name }) => name),
  text('reference', ({ reference }) => reference),
  text('candidate', ({ candidate }) => candidate),
  integers('reference_n', ({ contrast }) => contrast.n[0]),
  integers('candidate_n', ({ contrast }) => contrast.n[1]),
  ...sided('reference_mean', ({ contrast }) => contrast.reference),
  ...sided('candidate_mean', ({ contrast }) => contrast.candidate),
  decimals('delta', DELTA_DIGITS, ({ contrast }) => contrast.delta.value),
  decimals('delta_lo', DELTA_DIGITS, ({ contrast }) => contrast.delta.low),
  decimals('delta_hi', DELTA_DIGITS, ({ contrast }) => contrast.delta.high),
  text('test', ({ metric, contrast }) => (metric.exact ? null : contrast.test)),
  decimals('p', DELTA_DIGITS, ({ p }) => p),
  text('verdict', ({ verdict }) => verdict),
  integers('needs_seeds', ({ needs }) => needs),
  text('warnings', ({ warnings }) => warnings.join('; ')),
];
