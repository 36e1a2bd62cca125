import { suggest } from '../errors.ts';
import type { KnownCheckpoints } from './checkpoint-faults.ts';
import { DEFAULTS } from './defaults.ts';
import type { CaseInput, SweepInput } from './grammar.ts';
import { valueAt } from './at-path.ts';
import { placeOf, type Written } from './place.ts';
import { dotted, type Path, type Problem } from './problem.ts';
import { settingPaths } from './settings-schema.ts';

/** A sweep that fits the schema as far as `input` goes. */
export interface Sweep {
  readonly input: SweepInput;
  readonly written: Written;
  readonly checkpoints: KnownCheckpoints;
  /** Whether something at, below or above the path did not fit, so that no more can be said about it. */
  readonly isBroken: (path: Path) => boolean;
  /** Whether a key at or above the path is unknown: what is missing there may be what it was meant to be. */
  readonly isMisspelt: (path: Path) => boolean;
}

/** What can be said about the whole file before its arms are filled in. */
export function fileProblems(sweep: Sweep): Problem[] {
  return [...varyProblems(sweep), ...overrideProblems(sweep)];
}

/** What can be said about the sweep at a point before its arms are filled in. */
export function pointProblems(sweep: Sweep): Problem[] {
  return [...scheduleNotVaried(sweep), ...budgetProblems(sweep), ...compareProblems(sweep)];
}

function varyProblems({ input, written }: Sweep): Problem[] {
  const known = settingPaths();
  return (input.vary ?? []).flatMap((name, index) => {
    if (known.includes(name)) return [];
    const path = ['vary', index];
    const hint = `${suggest(name, known)}Write a setting of base, such as train.rate, or a section.`;
    return [
      { place: placeOf(written, path), subject: dotted(path), message: `must be a setting, got "${name}"`, hint },
    ];
  });
}

function scheduleNotVaried({ input, written }: Sweep): Problem[] {
  const varies = (input.vary ?? DEFAULTS.vary).includes('schedule');
  if (input.compare === undefined || varies) return [];
  const message = 'must name schedule: the arms of compare differ in it';
  return [{ place: placeOf(written, ['vary']), subject: 'vary', message, hint: 'Add schedule to the list.' }];
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

/** What an arm or a case sets wins over `base`, so an option that it would not follow is refused. */
function overrideProblems({ input, written }: Sweep): Problem[] {
  const armsOf = (arms: CaseInput['arms']) =>
    Object.entries(arms ?? {}).map(([name, settings]) => ({ holder: `arm "${name}"`, settings: settings ?? {} }));
  const holders = [
    ...armsOf(input.arms),
    ...Object.entries(input.cases ?? {}).flatMap(([name, changes]) => [
      { holder: `case "${name}"`, settings: changes?.base ?? {} },
      ...armsOf(changes?.arms),
    ]),
  ];
  return written.overrides.flatMap(({ option, path: [top, ...setting] }) => {
    if (top !== 'base') return [];
    const budget = ['train.steps', 'train.flops'];
    const rivals = budget.includes(setting.join('.')) ? budget.map((one) => one.split('.')) : [setting];
    const holding = holders.filter(({ settings }) => rivals.some((rival) => valueAt(settings, rival) !== undefined));
    if (holding.length === 0) return [];
    const message = `must not be set below base, but is by ${holding.map(({ holder }) => holder).join(', ')}`;
    return [{ place: { in: 'override', option }, subject: dotted(setting), message, hint: 'Change it in the file.' }];
  });
}

function compareProblems({ input: { base, compare }, written }: Sweep): Problem[] {
  if (compare === undefined || base?.schedule === undefined) return [];
  const path = ['base', 'schedule'];
  const message = 'must not be given beside compare, which makes the schedules';
  return [{ place: placeOf(written, path, 'key'), subject: dotted(path), message, hint: 'Remove one of the two.' }];
}
