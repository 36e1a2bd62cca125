import type { Point } from '../run/spec.ts';
import type { GridInput, SettingsInput, SweepInput } from './grammar.ts';
import { replaceAt } from './at-path.ts';
import { isWithin, type Path } from './problem.ts';
import { merge } from './settings.ts';

/** A sweep with one value for each setting of its grid: what is compared at one point. */
export interface SweepPoint {
  readonly point: Point;
  /** The sweep as it is there, the point's settings laid over `base`. */
  readonly input: SweepInput;
  /** Other places where what is at a path of `input` may have been written, the likeliest first. */
  readonly aliases: (path: Path) => readonly Path[];
}

/** A value of the grid, with where it is written. */
interface Choice {
  readonly setting: string;
  readonly value: unknown;
  readonly at: Path;
}

/** Every point of a sweep: of each case, or of the whole file where it has none. */
export function sweepPoints({ cases, ...whole }: SweepInput): SweepPoint[] {
  if (cases === undefined) return pointsOf(whole, {}, []);
  return Object.entries(cases).flatMap(([name, changes]) => {
    const { base = {}, arms, ...rest } = changes ?? {};
    // An arm is taken as a whole: what a case says of it is all there is to it.
    const all = { ...whole.arms, ...arms };
    const input: SweepInput = {
      ...{ ...whole, ...rest },
      base: merge(whole.base ?? {}, base),
      ...(Object.keys(all).length === 0 ? {} : { arms: all }),
    };
    return pointsOf(input, { case: name }, ['cases', name]);
  });
}

/** How many points there are, without making them. */
export function pointCount({ cases, ...whole }: SweepInput): number {
  const count = ({ grid = {}, zip = {} }: Pick<SweepInput, 'grid' | 'zip'>) =>
    Object.values(grid).reduce((product, values) => product * values.length, zipped(zip).length);
  if (cases === undefined) return count(whole);
  return Object.values(cases).reduce((sum, changes) => sum + count({ ...whole, ...changes }), 0);
}

function pointsOf(input: SweepInput, name: Point, within: Path): SweepPoint[] {
  const { grid = {}, zip = {}, ...rest } = input;
  const columns = Object.entries(grid).map(([setting, values]) =>
    values.map((value, index): Choice[] => [{ setting, value, at: ['grid', setting, index] }]),
  );
  return product([...columns, zipped(zip)]).map((choices) => ({
    point: { ...name, ...Object.fromEntries(choices.map(({ setting, value }) => [setting, value])) },
    input: { ...rest, base: merge(rest.base ?? {}, settingsOf(choices)) },
    aliases: (path) => aliasesOf(path, choices, within),
  }));
}

function settingsOf(choices: readonly Choice[]): SettingsInput {
  return choices.reduce<unknown>(
    (settings, { setting, value }) => replaceAt(settings, setting.split('.'), value),
    {},
  ) as SettingsInput;
}

/** A value from `range` or `log` is written as a part of neither: the setting in the grid stands for it. */
function aliasesOf(path: Path, choices: readonly Choice[], within: Path): Path[] {
  const chosen = choices.find(({ setting }) => isWithin(path, ['base', ...setting.split('.')]));
  const inGrid = chosen === undefined ? [] : [chosen.at, chosen.at.slice(0, -1)];
  return within.length === 0 ? inGrid : [...inGrid.map((at) => [...within, ...at]), ...inGrid, [...within, ...path]];
}

/** Settings that vary together: the first value of each, then the second of each. */
function zipped(zip: GridInput): Choice[][] {
  const settings = Object.entries(zip);
  if (settings.length === 0) return [[]];
  const length = Math.min(...settings.map(([, values]) => values.length));
  return Array.from({ length }, (_, index) =>
    settings.map(([setting, values]) => ({ setting, value: values[index], at: ['zip', setting, index] })),
  );
}

/** Every choice of one entry from each column, the last column varying fastest. */
function product(columns: readonly (readonly Choice[][])[]): Choice[][] {
  return columns.reduce<Choice[][]>(
    (found, column) => found.flatMap((before) => column.map((choices) => [...before, ...choices])),
    [[]],
  );
}
