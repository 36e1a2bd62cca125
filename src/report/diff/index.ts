import { UserError } from '../../errors.ts';
import type { TaskMetrics } from '../metrics.ts';
import type { Gate } from './amount.ts';
import { compare, type CompareOptions, type Diff } from './compare.ts';
import { tripped, type Tripped } from './gates.ts';
import { readTable, type Source } from './read.ts';

/** Every candidate compared with the reference, and the gates that were tripped. */
export interface Comparisons {
  readonly diffs: readonly Diff[];
  readonly tripped: readonly Tripped[];
}

/**
 * Compares each candidate with the reference: results folders or CSVs. Throws a UserError where a side cannot be read,
 * where nothing can be compared, and where a gate has nothing to judge.
 */
export async function diffSources(
  reference: Source,
  candidates: readonly Source[],
  options: Omit<CompareOptions, 'watched'>,
  gates: readonly Gate[],
  tasks: TaskMetrics,
): Promise<Comparisons> {
  const table = await readTable(reference, options, tasks);
  const diffs: Diff[] = [];
  for (const source of candidates) {
    const watched = gates.map(({ metric }) => metric);
    const diff = compare(table, await readTable(source, options, tasks), { ...options, watched });
    checkFilled(diff, options);
    diffs.push(diff);
  }
  return { diffs, tripped: diffs.flatMap((diff) => tripped(diff, gates)) };
}

function checkFilled({ reference, candidate, rows }: Diff, { metrics }: Pick<CompareOptions, 'metrics'>): void {
  const shown = new Set(rows.map(({ metric }) => metric.name));
  const unknown = metrics.filter((name) => !shown.has(name));
  if (unknown.length > 0) {
    throw new UserError(
      `no row of ${reference} or ${candidate} has a number in ${unknown.join(', ')}`,
      'Check the names given to --metric against the columns of the tables.',
    );
  }
  if (rows.length === 0) {
    throw new UserError(`${reference} and ${candidate} have no numbers to compare`, 'Have their cells been run?');
  }
}
