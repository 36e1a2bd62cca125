import { suggest } from '../errors.ts';
import { DEFAULTS } from './defaults.ts';
import type { SweepInput } from './grammar.ts';
import { valueAt } from './override.ts';
import { placeOf, type Written } from './place.ts';
import { dotted, type Path, type Problem } from './problem.ts';
import { settingPaths } from './schema.ts';

/** A sweep that fits the schema as far as `input` goes. */
export interface Sweep {
  readonly input: SweepInput;
  readonly written: Written;
  /** Whether something at, below or above the path did not fit, so that no more can be said about it. */
  readonly isBroken: (path: Path) => boolean;
  /** Whether a key at or above the path is unknown: what is missing there may be what it was meant to be. */
  readonly isMisspelt: (path: Path) => boolean;
}

/** What can be said about the file before its arms are filled in. */
export function fileProblems(sweep: Sweep): Problem[] {
  return [...varyProblems(sweep), ...budgetProblems(sweep), ...overrideProblems(sweep), ...compareProblems(sweep)];
}

function varyProblems({ input, written }: Sweep): Problem[] {
  const known = settingPaths();
  const unknown = (input.vary ?? []).flatMap((name, index) => {
    if (known.includes(name)) return [];
    const path = ['vary', index];
    const hint = `${suggest(name, known)}Write a setting of base, such as train.rate, or a section.`;
    return [
      { place: placeOf(written, path), subject: dotted(path), message: `must be a setting, got "${name}"`, hint },
    ];
  });
  const varies = (input.vary ?? DEFAULTS.vary).includes('schedule');
  if (input.compare === undefined || varies) return unknown;
  const message = 'must name schedule: the arms of compare differ in it';
  return [
    ...unknown,
    { place: placeOf(written, ['vary']), subject: 'vary', message, hint: 'Add schedule to the list.' },
  ];
}

function budgetProblems({ input, written }: Sweep): Problem[] {
  const holders = [
    { at: ['base'], settings: input.base },
    ...Object.entries(input.arms ?? {}).map(([name, settings]) => ({ at: ['arms', name], settings })),
  ];
  return holders.flatMap(({ at, settings }) => {
    if (settings?.train?.steps === undefined || settings.train.flops === undefined) return [];
    const path = [...at, 'train'];
    const message = 'must give steps or flops, got both';
    return [
      { place: placeOf(written, [...path, 'flops'], 'key'), subject: dotted(path), message, hint: 'Remove one.' },
    ];
  });
}

/** An arm's own setting wins over `base`, so an option that an arm would not follow is refused. */
function overrideProblems({ input, written }: Sweep): Problem[] {
  return written.overrides.flatMap(({ option, path: [top, ...setting] }) => {
    if (top !== 'base') return [];
    const budget = ['train.steps', 'train.flops'];
    const rivals = budget.includes(setting.join('.')) ? budget.map((one) => one.split('.')) : [setting];
    const holding = Object.entries(input.arms ?? {}).filter(([, changes]) =>
      rivals.some((rival) => valueAt(changes, rival) !== undefined),
    );
    if (holding.length === 0) return [];
    const names = holding.map(([name]) => `"${name}"`).join(', ');
    const message = `must not be set by an arm itself, but is by ${names}`;
    return [{ place: { in: 'override', option }, subject: dotted(setting), message, hint: 'Change it in the file.' }];
  });
}

function compareProblems({ input: { base, compare }, written }: Sweep): Problem[] {
  if (compare === undefined || base?.schedule === undefined) return [];
  const path = ['base', 'schedule'];
  const message = 'must not be given beside compare, which makes the schedules';
  return [{ place: placeOf(written, path, 'key'), subject: dotted(path), message, hint: 'Remove one of the two.' }];
}
