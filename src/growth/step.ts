import { suggest, UserError } from '../errors.ts';
import { DIMENSIONS, type Dimension, type ModelShape } from './layout.ts';
import type { GrowthOperator, OperatorSettings, SettingRule } from './operator.ts';
import { operators } from './operators/index.ts';
import { compose, identity, type Recipe } from './recipe.ts';
import { SIZES, type Size, type Sizes } from './sizes.ts';

/** Which sizes an operator changes. Length and attention are ways of training: a finished model has them whole. */
const OF_DIMENSION: Readonly<Record<Dimension, readonly Size[]>> = {
  depth: ['layers'],
  width: ['hidden', 'heads', 'ffn'],
  length: [],
  attention: [],
};

/** One growth of a finished model. */
export interface GrowthStep {
  readonly to: ModelShape;
  readonly recipe: Recipe;
  readonly operators: readonly { readonly name: string; readonly keepsFunction: boolean }[];
}

/**
 * Grows a model of shape `from` to `sizes` in one step, each size by the operator of its dimension; the operators'
 * recipes are composed. Throws a UserError for operators that do not exist or do not go together, for sizes without an
 * operator or the other way round, and for sizes that an operator cannot make.
 */
export function growthStep(from: ModelShape, names: readonly string[], sizes: Sizes): GrowthStep {
  const wanted = byDimension(names.map(operatorNamed));
  checkSizes(wanted, sizes);
  let shape = from;
  let recipe = identity(from);
  const used: { name: string; keepsFunction: boolean }[] = [];
  for (const operator of wanted) {
    const to = { ...shape, ...only(sizes, OF_DIMENSION[operator.dimension]) };
    if (to.hidden % to.heads !== 0) {
      throw new UserError(
        `heads must divide the hidden size, got ${to.heads} and ${to.hidden}.`,
        'Set both: --to hidden=768 --to heads=12.',
      );
    }
    recipe = compose(recipe, operator.grow(shape, to, settingsOf(operator, shape, to)));
    used.push({ name: operator.name, keepsFunction: operator.preservation.holds(shape, to) });
    shape = to;
  }
  return { to: shape, recipe, operators: used };
}

function only(sizes: Sizes, wanted: readonly Size[]): Sizes {
  const kept = wanted.filter((size) => sizes[size] !== undefined);
  return Object.fromEntries(kept.map((size) => [size, sizes[size]]));
}

const isSame = (a: ModelShape, b: ModelShape): boolean =>
  (Object.keys(b) as (keyof ModelShape)[]).every((key) => a[key] === b[key]);

function operatorNamed(name: string): GrowthOperator {
  const operator = operators.find((candidate) => candidate.name === name);
  if (operator !== undefined) return operator;
  const usable = operators.filter(({ dimension }) => OF_DIMENSION[dimension].length > 0).map((known) => known.name);
  throw new UserError(
    `there is no growth operator "${name}".`,
    `${suggest(name, usable)}There are ${usable.join(', ')}.`,
  );
}

/** In the order in which growth happens everywhere; at most one of each. */
function byDimension(wanted: readonly GrowthOperator[]): GrowthOperator[] {
  return DIMENSIONS.flatMap((dimension) => {
    const own = wanted.filter((operator) => operator.dimension === dimension);
    const [first, second] = own;
    if (first !== undefined && OF_DIMENSION[dimension].length === 0) {
      throw new UserError(
        `${first.name} grows the ${dimension}, which is a way of training: a finished model has none to grow.`,
        'Take an operator of depth or width.',
      );
    }
    if (first !== undefined && second !== undefined) {
      throw new UserError(`${first.name} and ${second.name} both grow the ${dimension}.`, 'Take one after the other.');
    }
    return own;
  });
}

function checkSizes(wanted: readonly GrowthOperator[], sizes: Sizes): void {
  for (const { name, dimension } of wanted) {
    const own = OF_DIMENSION[dimension];
    if (own.some((size) => sizes[size] !== undefined)) continue;
    throw new UserError(
      `${name} has nothing to grow to.`,
      `Say how large: ${own.map((size) => `--to ${size}=N`).join(' or ')}.`,
    );
  }
  const grown = wanted.flatMap(({ dimension }) => OF_DIMENSION[dimension]);
  const left = SIZES.find((size) => sizes[size] !== undefined && !grown.includes(size));
  if (left === undefined) return;
  const able = operators.filter(({ dimension }) => OF_DIMENSION[dimension].includes(left)).map(({ name }) => name);
  throw new UserError(`no operator that was named grows ${left}.`, `Add one of ${able.join(', ')}.`);
}

/**
 * The settings with which an operator would have made a target of shape `to` as small as `from`: the operator decides
 * what it can grow by what it can shrink.
 */
function settingsOf(operator: GrowthOperator, from: ModelShape, to: ModelShape): OperatorSettings {
  const guesses = combinations(Object.entries(operator.settings), from, to);
  for (const settings of guesses) {
    const fitting = Object.entries(settings).every(([name, value]) => obeys(operator.settings[name]!, value));
    if (!fitting || operator.refuse(to, settings) !== null) continue;
    if (isSame(operator.shrink(to, settings), from)) return settings;
  }
  const why = guesses.map((settings) => operator.refuse(to, settings)).find((refusal) => refusal !== null);
  const sizes = OF_DIMENSION[operator.dimension].filter((size) => from[size] !== to[size]);
  const change = sizes.map((size) => `${size} from ${from[size]} to ${to[size]}`).join(' and ');
  throw new UserError(
    `${operator.name} cannot grow ${change === '' ? 'a model that is as large already' : change}${why == null ? '' : `: ${why}`}.`,
    'See "growbench operators" for what each of them needs.',
  );
}

/** Settings to try, the likeliest first. A setting named like a size is the small model's; others are ratios or sizes. */
function combinations(
  rules: readonly (readonly [string, SettingRule])[],
  from: ModelShape,
  to: ModelShape,
): OperatorSettings[] {
  const [first, ...rest] = rules;
  if (first === undefined) return [{}];
  const [name, rule] = first;
  const others = combinations(rest, from, to);
  return valuesFor(name, rule, from, to).flatMap((value) => others.map((other) => ({ [name]: value, ...other })));
}

function valuesFor(name: string, { default: usual }: SettingRule, from: ModelShape, to: ModelShape): number[] {
  const size = SIZES.find((known) => known === name);
  if (size !== undefined) return [from[size]];
  if (usual !== undefined) return [usual];
  const changed = SIZES.filter((known) => from[known] !== to[known]);
  return [...new Set([...changed.map((known) => to[known] / from[known]), ...changed.map((known) => from[known])])];
}

const obeys = ({ type, minimum }: SettingRule, value: number): boolean =>
  value >= minimum && (type === 'number' || Number.isInteger(value));
