import type { Settings } from '../run/spec.ts';
import type { ArmDraft } from './arms.ts';
import { solveCompound, solveListed } from './equal-cost.ts';
import { fraction, type CompareInput, type SettingsInput, type StageInput } from './grammar.ts';
import {
  compoundOperators,
  isFault,
  isListed,
  listedOperators,
  reductionOf,
  type CompareFault,
  type Listed,
} from './listed-operators.ts';
import type { Path } from './problem.ts';
import { merge } from './settings.ts';

/**
 * The arms of a `compare` block without its controls: `full` (unless arms are listed already, the first of which is
 * the baseline), one arm for each operator, named for it (and its settings where it is listed twice), and `compound`.
 * `full` are the settings of the target trained from the first step, for which sizes are solved; null where they are
 * not known, and then only sizes that are given count.
 */
export function comparedArms(
  compare: CompareInput,
  base: SettingsInput,
  full: Settings | null,
  withBaseline: boolean,
): { readonly arms: readonly ArmDraft[]; readonly faults: readonly CompareFault[] } {
  const read = listedOperators(compare);
  const listed = read.filter(isListed);
  const joined = compoundOperators(compare, listed);
  const parts = joined.every(isListed) ? joined : [];
  // What is wrong with the target is said where it stands; sizes for it would mean nothing.
  const solved = full === null ? [] : solveListed(listed, compare, full);
  const split = full === null ? [] : solveCompound(parts, compare, full);
  const arms = solved.filter(isListed);
  const compound = split.every(isListed) ? split : [];
  const grown = (name: string, reductions: readonly Listed[], at: Path) =>
    grownArm(compare, base, name, reductions, at);
  return {
    arms: [
      ...(withBaseline ? [baselineArm(base)] : []),
      ...arms.map((one) => grown(nameOf(one, listed), [one], one.at)),
      ...(compound.length === 0 ? [] : [grown('compound', compound, ['compare', 'compound'])]),
    ],
    faults: [...read, ...solved, ...joined, ...split].filter(isFault),
  };
}

function grownArm(
  compare: CompareInput,
  base: SettingsInput,
  name: string,
  reductions: readonly Listed[],
  at: Path,
): ArmDraft {
  return {
    name,
    group: reductions.length > 1 ? 'compound' : reductions[0]!.dimension,
    input: merge(base, { schedule: twoStages(compare, reductions) }),
    control: null,
    at,
    ownPath: ([section, , dimension, ...rest]) => {
      if (section !== 'schedule') return ['compare', String(section)];
      const part = reductions.find((reduction) => reduction.dimension === dimension);
      return part === undefined ? at : [...part.at, ...rest];
    },
  };
}

const baselineArm = (base: SettingsInput): ArmDraft => ({
  name: 'full',
  group: 'baseline',
  input: base,
  control: null,
  at: ['compare'],
  ownPath: (setting) => ['compare', ...setting],
});

/** As they are listed: sizes that are solved for are no part of a name. */
function nameOf({ operator, at }: Listed, listed: readonly Listed[]): string {
  const namesakes = listed.filter((other) => other.operator === operator);
  const own = namesakes.find((other) => other.at === at);
  return namesakes.length > 1 ? [operator.name, ...Object.values(own?.given ?? {})].join('-') : operator.name;
}

function twoStages({ steps }: CompareInput, reductions: readonly Listed[]): StageInput[] {
  const rest = Number((100 - 100 * fraction(steps)).toPrecision(12));
  const small = Object.fromEntries(
    reductions.map((one) => [one.dimension, { [one.operator.name]: reductionOf(one).settings }]),
  );
  return [{ steps, ...small }, { steps: `${rest}%` }];
}
