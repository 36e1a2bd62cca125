import type { Plan } from '../../run/plan.ts';
import { pointText, type Arm, type Settings } from '../../run/spec.ts';
import { cellColumns } from '../cells.ts';
import { readFolder } from '../folder.ts';
import { metricNamed, type TaskMetrics } from '../metrics.ts';
import { outcomesOf, type Outcome } from '../outcomes.ts';
import { tasksOf } from '../score.ts';
import { TRAITS } from '../traits.ts';
import type { NumberColumn, Table } from './table.ts';

/**
 * Makes a table of a results folder: the cells of the comparison that `results.meta.json` holds, with the records in
 * `cells/`. Throws a UserError where that file is not one that growbench wrote.
 */
export async function folderTable(label: string, folder: string, tasks: TaskMetrics): Promise<Table> {
  const { plan, records } = await readFolder(folder);
  const outcomes = outcomesOf(plan, records);
  const metrics = cellColumns(plan, outcomes, tasks).flatMap(({ name, number }): [string, NumberColumn][] => {
    const metric = metricNamed(name, tasks);
    if (metric === null || number === undefined) return [];
    return [[name, { metric, values: Float64Array.from(outcomes, (outcome) => number(outcome) ?? NaN) }]];
  });
  return {
    label,
    kind: 'cells',
    rows: outcomes.length,
    configuration: configuration(outcomes),
    traits: new Map(TRAITS.map(({ name, of }) => [name, outcomes.map(({ record }) => (record && of(record)) ?? '')])),
    seeds: outcomes.map(({ cell }) => cell.seed),
    done: outcomes.map(({ done }) => done !== null),
    failed: outcomes.map(({ status }) => (status === 'failed' || status === 'diverged' ? 1 : 0)),
    metrics: new Map(metrics),
    notes: unknownTasks(label, plan, tasks),
  };
}

function unknownTasks(label: string, plan: Plan, tasks: TaskMetrics): string[] {
  const unknown = tasksOf(plan).filter((task) => !tasks.has(task));
  if (unknown.length === 0) return [];
  return [
    `${label} has tasks that this growbench does not know, ${unknown.join(', ')}: they and the score are left out`,
  ];
}

/** Group, arm, every setting (the schedule as one), and what a grid calls its points besides. */
function configuration(outcomes: readonly Outcome[]): Map<string, string[]> {
  const settings = outcomes.map(({ arm: { arm }, cell }) => settingsOf(arm.point, cell.settings));
  const names = [...new Set(settings.flatMap((own) => [...own.keys()]))];
  return new Map([
    ['dimension', outcomes.map(({ arm }) => arm.group)],
    ['arm', outcomes.map(({ arm }) => arm.arm.name)],
    ...names.map((name): [string, string[]] => [name, settings.map((own) => own.get(name) ?? '')]),
  ]);
}

/** What an arm's rows are called in columns: its point in the grid, and every setting. */
export function settingsOf(point: Arm['point'], settings: Settings): ReadonlyMap<string, string> {
  const own = Object.entries(point).map(([name, value]) => [name, pointText(value)] as const);
  return new Map([...own, ...leaves(settings, '')]);
}

function leaves(value: object, path: string): [string, string][] {
  return Object.entries(value).flatMap(([key, item]: [string, unknown]) => {
    const own = path === '' ? key : `${path}.${key}`;
    if (typeof item === 'object' && item !== null && !Array.isArray(item)) return leaves(item, own);
    return [[own, typeof item === 'string' ? item : JSON.stringify(item)] satisfies [string, string]];
  });
}
