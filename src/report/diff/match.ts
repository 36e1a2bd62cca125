import { suggest, UserError } from '../../errors.ts';
import { isSetting } from '../metrics.ts';
import type { Table } from './table.ts';

/** Rows of a table that measure the same thing, seed by seed, by the name they share. */
export type Groups = ReadonlyMap<string, readonly number[]>;

/** Settings that a grid repeats the comparison over: they take several values within one arm. */
export function gridColumns(table: Table): string[] {
  const arms = table.configuration.get('arm');
  if (arms === undefined) return [];
  return [...table.configuration].flatMap(([name, values]) =>
    isSetting(name) && variesWithin(arms, values) ? [name] : [],
  );
}

function variesWithin(names: readonly string[], values: readonly string[]): boolean {
  const first = new Map<string, string>();
  return names.some((name, row) => {
    const known = first.get(name);
    if (known === undefined) first.set(name, values[row]!);
    return known !== undefined && known !== values[row];
  });
}

/**
 * The columns that name a row on both sides: those asked for, or the arm and what a grid varies; less those to ignore.
 * Throws a UserError where a column that was asked for is missing.
 */
export function keyColumns(
  tables: readonly Table[],
  key: readonly string[] | null,
  ignore: readonly string[],
): string[] {
  const everywhere = (name: string) => tables.every(({ configuration }) => configuration.has(name));
  for (const name of key ?? ['arm']) {
    const lacking = tables.find(({ configuration }) => !configuration.has(name));
    if (lacking === undefined) continue;
    const known = [...lacking.configuration.keys()];
    throw new UserError(
      `${lacking.label} has no column "${name}" to match rows by`,
      `${suggest(name, known)}There are: ${known.join(', ')}.`,
    );
  }
  const usual = () => ['arm', ...new Set(tables.flatMap(gridColumns).filter(everywhere))];
  return (key ?? usual()).filter((name) => !ignore.includes(name));
}

/** A name for every row, made of its values in the key's columns: the arm as it is, others as `train.rate=0.001`. */
export function rowNames(table: Table, key: readonly string[]): string[] {
  const columns = key.map((name) => [name, table.configuration.get(name) ?? []] as const);
  return Array.from({ length: table.rows }, (_, row) =>
    columns.map(([name, values]) => (name === 'arm' ? values[row]! : `${name}=${values[row]!}`)).join(' '),
  );
}

/** The rows of a table by their names, in the order of their first appearance. */
export function groupRows(table: Table, key: readonly string[]): Groups {
  const groups = new Map<string, number[]>();
  for (const [row, name] of rowNames(table, key).entries()) {
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [row]);
    else group.push(row);
  }
  return groups;
}
