import type { Plan } from '../run/plan.ts';
import type { CellRecord } from '../run/record.ts';
import { canonical } from '../run/spec.ts';
import { outcomesOf } from './outcomes.ts';
import { taskVersions } from './traits.ts';

/** The growbench that ran. */
export interface Provenance {
  readonly version: string;
  /** Of the checkout it ran from, `+` when files had changed since; null when it was installed as a package. */
  readonly commit: string | null;
}

/** `results.meta.json`: where the numbers come from. */
export const metaJson = (plan: Plan, records: readonly CellRecord[], growbench: Provenance): string =>
  `${JSON.stringify(metaOf(plan, records, growbench), null, 2)}\n`;

/**
 * Where the numbers come from. Engines, machines, corpora and versions of the tasks are lists, because cells of one
 * sweep may have run on several; one entry each is what a controlled comparison should show. Times are UTC, ISO 8601.
 */
export function metaOf(plan: Plan, records: readonly CellRecord[], growbench: Provenance) {
  const own = outcomesOf(plan, records).flatMap(({ record }) => (record ? [record] : []));
  const times = (pick: (record: CellRecord) => string) => own.map(pick).sort();
  return {
    format: 1,
    question: plan.comparison.question,
    growbench,
    started: times(({ started }) => started)[0] ?? null,
    finished: times(({ finished }) => finished).at(-1) ?? null,
    engines: distinct(own.map(({ engine }) => engine)),
    machines: distinct(own.map(({ machine }) => machine)),
    corpora: distinct(own.map(({ result }) => result?.corpus ?? null)),
    taskVersions: distinct(own.map(({ result }) => (result === null ? null : taskVersions(result.tasks)))),
    comparison: plan.comparison,
  };
}

/** The different values that are there, in the order of their first appearance. */
function distinct<Value>(values: readonly (Value | null)[]): Value[] {
  const known = values.filter((value) => value !== null);
  return [...new Map(known.map((value) => [canonical(value), value])).values()];
}
