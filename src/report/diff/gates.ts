import { suggest, UserError } from '../../errors.ts';
import type { Gate } from './amount.ts';
import type { Diff, DiffRow } from './compare.ts';
import { changeIn } from './verdict.ts';

/** A gate that a row of a comparison tripped, and why. */
export interface Tripped {
  readonly gate: string;
  readonly candidate: string;
  readonly name: string;
  readonly why: string;
}

/** Limits are compared as they are written: 0.5 that was computed as 0.50000000001 is 0.5. */
const ROUNDING = 1e-9;

/**
 * Holds a comparison against its gates. A gate is tripped by the measured change, significant or not: with few seeds
 * nothing is ever significant, and a gate that cannot trip is none. It is tripped as well where there is nothing to
 * judge, because the candidate lacks the number or cells of it failed. A change within the noise trips nothing.
 * Throws a UserError where a gate names a metric that no row has, or watches a change for the better.
 */
export function tripped(diff: Diff, gates: readonly Gate[]): Tripped[] {
  return gates.flatMap((gate) => {
    const rows = diff.rows.filter(({ metric }) => metric.name === gate.metric);
    checkGate(gate, rows, diff);
    return rows.flatMap((row): Tripped[] => {
      const why = reason(gate, row);
      return why === null ? [] : [{ gate: gate.text, candidate: diff.candidate, name: row.name, why }];
    });
  });
}

function checkGate({ text, metric, limit }: Gate, rows: readonly DiffRow[], diff: Diff): void {
  if (rows.every(({ verdict }) => verdict === 'added')) {
    const names = [...new Set(diff.rows.map((row) => row.metric.name))];
    throw new UserError(
      `--fail-on "${text}": no row of ${diff.reference} has a ${metric} to hold ${diff.candidate} against`,
      `${suggest(metric, names)}A gate without a number to judge never passes. There are: ${names.join(', ')}.`,
    );
  }
  const { better } = rows[0]!.metric;
  if (better !== null && limit.value !== 0 && limit.value > 0 === (better === 'higher')) {
    throw new UserError(
      `--fail-on "${text}" fails on a change for the better: ${metric} is better when ${better}`,
      `Turn the sign round: ${text.replace(/[+-](?=[^+-]*$)/, (sign) => (sign === '-' ? '+' : '-'))}.`,
    );
  }
}

function reason({ limit, metric }: Gate, row: DiffRow): string | null {
  if (row.verdict === 'added') return null;
  if (row.verdict === 'missing') return `${metric} is missing`;
  if (row.failed > 0) return `${row.failed} more ${row.failed === 1 ? 'cell has' : 'cells have'} no ${metric}`;
  if (row.verdict === 'noise' || row.verdict === 'equal') return null;
  const change = changeIn(row.contrast, row.metric, limit.unit);
  if (change === null || Number.isNaN(change)) return `the change of ${metric} cannot be told`;
  const falls = limit.value < 0 || Object.is(limit.value, -0);
  const beyond = falls ? change < limit.value - ROUNDING : change > limit.value + ROUNDING;
  if (!beyond) return null;
  return `${metric} ${change < 0 ? 'falls' : 'rises'} by ${amountText(Math.abs(change), limit.unit)}`;
}

const amountText = (size: number, unit: Gate['limit']['unit']): string =>
  `${String(Number(size.toPrecision(4)))}${unit === 'percent' ? ' %' : ''}`;
