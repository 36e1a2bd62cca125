import { basename, dirname } from 'node:path';
import { UserError } from '../../errors.ts';
import { canonical, pointText, type Arm, type Point } from '../../run/spec.ts';
import { readMeta, type SweepMeta } from '../results-folder.ts';
import { TRAITS, type Evidence } from '../traits.ts';
import { settingsOf } from './folder-table.ts';
import type { Table } from './table.ts';

/** Tables that `results.meta.json` in the same folder is about. */
const OWN_TABLES = ['cells.csv', 'results.csv'];

/**
 * The table of the CSV at `path` with what `results.meta.json` beside it tells: engines, machines, text and settings.
 * A CSV that has none, or has rows of arms that are not in it, is taken as it is; a note says so where there is one.
 */
export async function besideCsv(path: string, table: Table): Promise<Table> {
  if (!OWN_TABLES.includes(basename(path))) return table;
  const noted = (text: string): Table => ({ ...table, notes: [...table.notes, `${table.label}: ${text}`] });
  let meta: SweepMeta | null;
  try {
    meta = await readMeta(dirname(path));
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return noted(error.message);
  }
  if (meta === null) return table;
  const settings = settingsOfRows(table, meta.comparison.arms);
  if (settings === null)
    return noted('the results.meta.json beside it knows nothing of some of its arms: it is not used');
  const names = [...new Set(settings.flatMap((own) => [...own.keys()]))];
  const added = names
    .filter((name) => !table.configuration.has(name))
    .map((name) => [name, settings.map((own) => own.get(name) ?? '')] as const);
  return { ...table, configuration: new Map([...table.configuration, ...added]), traits: traitsOf(meta, table.rows) };
}

/** The settings of every row, found by its arm and point; null where a row is of none of the arms. */
function settingsOfRows({ configuration, rows }: Table, arms: readonly Arm[]) {
  const varied = [...new Set(arms.flatMap(({ point }) => Object.keys(point)))];
  const place = (point: Point, name: string) => (point[name] === undefined ? '' : pointText(point[name]));
  const byName = new Map(
    arms.map(({ name, point, settings }) => [
      canonical([name, ...varied.map((column) => place(point, column))]),
      settingsOf(point, settings),
    ]),
  );
  const columns = ['arm', ...varied].map((name) => configuration.get(name));
  const found = Array.from({ length: rows }, (_, row) =>
    byName.get(canonical(columns.map((column) => column?.[row] ?? ''))),
  );
  return found.every((own) => own !== undefined) ? found : null;
}

/** What all rows share; where the cells of a sweep had several, which row had which is not known. */
function traitsOf({ engines, machines, corpora, taskVersions = [] }: SweepMeta, rows: number): Table['traits'] {
  const evidence: readonly Evidence[] = [
    ...engines.map((engine) => ({ engine })),
    ...machines.map((machine) => ({ machine })),
    ...corpora.map((corpus) => ({ result: { corpus } })),
    ...taskVersions.map((own) => ({ result: { tasks: versioned(own) } })),
  ];
  return new Map(
    TRAITS.map(({ name, of }) => {
      const values = new Set(evidence.map(of).filter((value) => value !== null));
      return [name, Array<string>(rows).fill([...values].sort().join(' and '))];
    }),
  );
}

const versioned = (versions: Readonly<Record<string, number>>) =>
  Object.fromEntries(Object.entries(versions).map(([task, version]) => [task, { version }]));
