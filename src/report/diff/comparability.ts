import { isSetting } from '../metrics.ts';
import type { Groups } from './match.ts';
import type { Table } from './table.ts';

/** Characters of a setting that a warning shows: a schedule is longer than a line. */
const LONGEST_SHOWN = 40;

/** A table, and its rows by name. */
export type Side = readonly [table: Table, groups: Groups];

/**
 * What makes the two sides not comparable, or hard to compare: another device, engine, version or text; settings that
 * differ; columns that vary within a row's cells though the key does not name them. `ignore` takes names out.
 */
export function comparability(
  [reference, groups]: Side,
  [candidate, others]: Side,
  key: readonly string[],
  ignore: readonly string[],
): string[] {
  const free = (name: string) => !ignore.includes(name) && !key.includes(name);
  return [
    ...unknownTraits(reference, candidate),
    ...[...reference.traits.keys()].filter(free).flatMap((name) => traitWarning(name, reference, candidate)),
    ...undeclared([reference, groups], free),
    ...undeclared([candidate, others], free),
    ...[...reference.configuration.keys()]
      .filter((name) => free(name) && candidate.configuration.has(name))
      .flatMap((name) => settingWarning(name, [reference, groups], [candidate, others])),
  ];
}

function unknownTraits(...tables: readonly Table[]): string[] {
  const unknown = tables.filter(({ traits }) => traits.size === 0).map(({ label }) => label);
  if (unknown.length === 0) return [];
  return [`engine, device, versions and text of ${unknown.join(' and ')} are not known: a CSV alone does not tell`];
}

function traitWarning(name: string, reference: Table, candidate: Table): string[] {
  const [from, to] = [reference, candidate].map((table) => distinct(table, table.traits.get(name) ?? []));
  if (from!.length === 0 || to!.length === 0) return [];
  if (new Set([...from!, ...to!]).size === 1) return [];
  return [
    `not comparable: ${name} is ${from!.join(' and ')} in ${reference.label}, ${to!.join(' and ')} in ${candidate.label}`,
  ];
}

/** Values of finished rows, each once, empty ones left out. */
const distinct = (table: Table, values: readonly string[]): string[] => [
  ...new Set(values.filter((value, row) => table.done[row] === true && value !== '')),
];

function undeclared([table, groups]: Side, free: (name: string) => boolean): string[] {
  return [...table.configuration].flatMap(([name, values]) => {
    if (!free(name)) return [];
    const varies = [...groups].find(([, rows]) => rows.some((row) => values[row] !== values[rows[0]!]));
    if (varies === undefined) return [];
    return [`${name} varies within ${varies[0]} of ${table.label} and is neither in --key nor in --ignore`];
  });
}

/** A setting that differs between rows of one name. Where it is what the comparison is about, --ignore says so. */
function settingWarning(name: string, [reference, groups]: Side, [candidate, others]: Side): string[] {
  const [from, to] = [reference.configuration.get(name) ?? [], candidate.configuration.get(name) ?? []];
  const first = (values: readonly string[], rows: readonly number[] | undefined) => values[rows?.[0] ?? -1];
  for (const [row, rows] of groups) {
    const [value, other] = [first(from, rows), first(to, others.get(row))];
    if (value === undefined || other === undefined || value === other) continue;
    const what = isSetting(name) ? 'setting' : 'column';
    const values = [value, other].every(({ length }) => length <= LONGEST_SHOWN) ? `: ${value} and ${other}` : '';
    return [`${what} ${name} of ${row} differs between ${reference.label} and ${candidate.label}${values}`];
  }
  return [];
}
