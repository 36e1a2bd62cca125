import { DIMENSIONS, type Dimension } from '../growth/layout.ts';
import type { ArmDraft } from './arms.ts';
import { fraction, type CompareInput, type ReductionInput, type SettingsInput, type StageInput } from './grammar.ts';
import type { Path } from './problem.ts';
import { merge, readReduction } from './settings.ts';
import { operators } from '../growth/operators/index.ts';

/** An operator with its size, as `compare` lists it. */
interface Listed {
  readonly dimension: Dimension;
  readonly input: ReductionInput;
  readonly operator: string;
  readonly sizes: readonly number[];
  readonly at: Path;
}

/** A fault in `compare` that a schema cannot see. */
export interface CompareFault {
  readonly at: Path;
  readonly message: string;
  readonly hint: string;
}

/**
 * The arms of a `compare` block without its controls: `full` (unless arms are listed already, the first of which is
 * the baseline), one arm for each operator, named for it (and its size where it is listed twice), and `compound`.
 */
export function comparedArms(
  compare: CompareInput,
  base: SettingsInput,
  withBaseline: boolean,
): { readonly arms: readonly ArmDraft[]; readonly faults: readonly CompareFault[] } {
  const listed = DIMENSIONS.flatMap((dimension) =>
    (compare[dimension] ?? []).map((input, index) => read(input, dimension, ['compare', dimension, index])),
  );
  const { parts, faults } = compoundParts(compare, listed);
  const grown = (name: string, reductions: readonly Listed[], at: Path): ArmDraft => ({
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
  });
  const full: ArmDraft = {
    name: 'full',
    group: 'baseline',
    input: base,
    control: null,
    at: ['compare'],
    ownPath: (setting) => ['compare', ...setting],
  };
  return {
    arms: [
      ...(withBaseline ? [full] : []),
      ...listed.map((one) => grown(nameOf(one, listed), [one], one.at)),
      ...(parts.length === 0 ? [] : [grown('compound', parts, ['compare', 'compound'])]),
    ],
    faults,
  };
}

function read(input: ReductionInput, dimension: Dimension, at: Path): Listed {
  const { operator, settings } = readReduction(input);
  return { dimension, input, operator, sizes: Object.values(settings), at };
}

function nameOf({ operator, sizes }: Listed, listed: readonly Listed[]): string {
  const twice = listed.filter((other) => other.operator === operator).length > 1;
  return twice ? [operator, ...sizes].join('-') : operator;
}

function twoStages({ steps }: CompareInput, reductions: readonly Listed[]): StageInput[] {
  const rest = Number((100 - 100 * fraction(steps)).toPrecision(12));
  const small = Object.fromEntries(reductions.map(({ dimension, input }) => [dimension, input]));
  return [{ steps, ...small }, { steps: `${rest}%` }];
}

/** The operators of `compound`; a bare name takes its size from the lists above. */
function compoundParts(
  { compound = [] }: CompareInput,
  listed: readonly Listed[],
): { readonly parts: readonly Listed[]; readonly faults: readonly CompareFault[] } {
  const parts: Listed[] = [];
  const faults: CompareFault[] = [];
  for (const [index, item] of compound.entries()) {
    const at = ['compare', 'compound', index];
    const part = typeof item === 'string' ? byName(item, listed, at) : inOwnDimension(item, at);
    if ('message' in part) faults.push(part);
    else if (parts.some(({ dimension }) => dimension === part.dimension)) faults.push(secondOf(part.dimension, at));
    else parts.push(part);
  }
  return { parts: faults.length === 0 ? parts : [], faults };
}

function byName(name: string, listed: readonly Listed[], at: Path): Listed | CompareFault {
  const [only, another] = listed.filter(({ operator }) => operator === name);
  if (only !== undefined && another === undefined) return only;
  const names = [...new Set(listed.map(({ operator }) => operator))].join(', ') || 'none';
  const which = only === undefined ? 'listed above' : 'listed above once';
  return {
    at,
    message: `must name an operator that is ${which}, got "${name}"`,
    hint: `Listed: ${names}. Give a size to take another: \`${name}: 2\`.`,
  };
}

function inOwnDimension(item: ReductionInput, at: Path): Listed {
  const { operator } = readReduction(item);
  const found = operators.find(({ name }) => name === operator);
  if (found === undefined) throw new Error(`the schema let an unknown operator pass: ${operator}`);
  return read(item, found.dimension, at);
}

const secondOf = (dimension: Dimension, at: Path): CompareFault => ({
  at,
  message: `must make each dimension smaller once, got ${dimension} again`,
  hint: 'Keep one operator a dimension.',
});
