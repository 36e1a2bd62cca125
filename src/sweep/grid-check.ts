import type { Sweep } from './file-check.ts';
import type { CaseInput } from './grammar.ts';
import { valueAt } from './at-path.ts';
import { placeOf } from './place.ts';
import { dotted, type Path, type Problem } from './problem.ts';

/** A part of the file that may have a grid: the whole, or a case. */
interface Holder extends CaseInput {
  readonly at: Path;
}

/** What is wrong with the grids of a sweep, those of its cases included. */
export function gridProblems(sweep: Sweep): Problem[] {
  const { cases = {}, ...whole } = sweep.input;
  const holders: Holder[] = [
    { ...whole, at: [] },
    ...Object.entries(cases).map(([name, changes]) => ({ ...changes, at: ['cases', name] })),
  ];
  return holders.flatMap((holder) => [
    ...unevenZip(holder, sweep),
    ...Object.keys({ ...holder.grid, ...holder.zip }).flatMap((setting) => [
      ...variedTwice(holder, setting, sweep),
      ...setByArms({ ...whole.arms, ...holder.arms }, holder, setting, sweep),
      ...setByOption(setting, sweep),
    ]),
  ]);
}

function unevenZip({ zip = {}, at }: Holder, sweep: Sweep): Problem[] {
  const lengths = Object.entries(zip).map(([setting, { length }]) => `${setting} ${length}`);
  if (new Set(Object.values(zip).map(({ length }) => length)).size <= 1) return [];
  const message = `must have lists of one length, got ${lengths.join(', ')}`;
  return [problemAt([...at, 'zip'], message, 'The first values belong together, then the second ones.', sweep)];
}

function variedTwice({ grid = {}, zip = {}, at }: Holder, setting: string, sweep: Sweep): Problem[] {
  if (grid[setting] === undefined || zip[setting] === undefined) return [];
  return [problemAt([...at, 'zip', setting], 'must not vary in grid and zip both', 'Remove one of them.', sweep)];
}

/** An arm's own setting wins over `base`, so it would not follow the grid. */
function setByArms(arms: CaseInput['arms'], { grid = {}, at }: Holder, setting: string, sweep: Sweep): Problem[] {
  const holding = Object.entries(arms ?? {}).filter(([, arm]) => valueAt(arm, setting.split('.')) !== undefined);
  if (holding.length === 0) return [];
  const section = grid[setting] === undefined ? 'zip' : 'grid';
  const message = `must not be set by an arm itself, but is by ${holding.map(([name]) => `"${name}"`).join(', ')}`;
  return [problemAt([...at, section, setting], message, 'Remove it from the arms.', sweep)];
}

function setByOption(setting: string, { written: { overrides } }: Sweep): Problem[] {
  const inFile = `base.${setting}`;
  return overrides.flatMap(({ option, path }) => {
    if (path.join('.') !== inFile) return [];
    const message = 'must not be set, since the grid varies it';
    return [{ place: { in: 'override', option }, subject: setting, message, hint: 'Change it in the file.' }];
  });
}

const problemAt = (path: Path, message: string, hint: string, { written }: Sweep): Problem => ({
  place: placeOf(written, path, 'key'),
  subject: dotted(path),
  message,
  hint,
});

/** A grid that nobody could run, or have meant. */
export function tooManyPoints(count: number, sweep: Sweep): Problem {
  const message = `must have at most 10,000 points, got ${count.toLocaleString('en')}`;
  return problemAt(['grid'], message, 'Vary fewer settings together.', sweep);
}
