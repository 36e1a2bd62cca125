import { suggest } from '../errors.ts';
import { DIMENSIONS, type Dimension } from '../growth/layout.ts';
import { defaultSettings, type GrowthOperator, type OperatorSettings } from '../growth/operator.ts';
import { operators } from '../growth/operators/index.ts';
import type { CompareInput, OperatorInput } from './grammar.ts';
import type { Path } from './problem.ts';
import { readOperator } from './settings.ts';

/** An operator as `compare` lists it. */
export interface Listed {
  readonly operator: GrowthOperator;
  readonly dimension: Dimension;
  /** The settings that are written; the size may be left to be solved for. */
  readonly given: OperatorSettings;
  readonly at: Path;
}

/** A fault in `compare` that a schema cannot see. */
export interface CompareFault {
  readonly at: Path;
  readonly message: string;
  readonly hint: string;
}

export const isFault = (item: Listed | CompareFault): item is CompareFault => 'message' in item;
export const isListed = (item: Listed | CompareFault): item is Listed => !isFault(item);

export const hasSize = ({ operator, given }: Listed): boolean => given[sizeSetting(operator)] !== undefined;

/** The name of the setting that makes the model small. */
export const sizeSetting = ({ settings }: GrowthOperator): string => Object.keys(settings)[0] ?? '';

export const reductionOf = ({ operator, given }: Listed) => ({
  operator: operator.name,
  settings: { ...defaultSettings(operator), ...given },
});

/** The operators that get an arm each, dimension by dimension. */
export function listedOperators(compare: CompareInput): (Listed | CompareFault)[] {
  return DIMENSIONS.flatMap((dimension) =>
    (compare[dimension] ?? []).map((item, index) => {
      const at = ['compare', dimension, index];
      const read = readItem(item, at);
      if (isFault(read) || read.dimension === dimension) return read;
      const message = `must be an operator of ${dimension}, got "${read.operator.name}" of ${read.dimension}`;
      return { at, message, hint: `Write it under ${read.dimension}.` };
    }),
  );
}

/**
 * The operators of `compound`. A bare name takes the settings it is listed with above; its size too, unless sizes are
 * solved for a cost: then the saving is split between the operators.
 */
export function compoundOperators(
  { compound = [], cost }: CompareInput,
  listed: readonly Listed[],
): (Listed | CompareFault)[] {
  const seen = new Set<Dimension>();
  return compound.map((item, index) => {
    const at = ['compare', 'compound', index];
    const read = typeof item === 'string' ? byName(item, listed, at, cost !== undefined) : readItem(item, at);
    if (isFault(read)) return read;
    if (seen.has(read.dimension)) return secondOf(read.dimension, at);
    seen.add(read.dimension);
    return read;
  });
}

function readItem(item: OperatorInput, at: Path): Listed | CompareFault {
  const { operator: name, given } = typeof item === 'string' ? { operator: item, given: {} } : readOperator(item);
  const operator = operators.find((candidate) => candidate.name === name);
  if (operator !== undefined) return { operator, dimension: operator.dimension, given, at };
  const names = operators.map((candidate) => candidate.name);
  return {
    at,
    message: `must be a growth operator, got "${name}"`,
    hint: `${suggest(name, names)}\`growbench operators\` lists them.`,
  };
}

function byName(name: string, listed: readonly Listed[], at: Path, solved: boolean): Listed | CompareFault {
  const [only, another] = listed.filter(({ operator }) => operator.name === name);
  if (only !== undefined && another === undefined) {
    return solved ? { ...only, given: withoutSize(only), at } : only;
  }
  if (only === undefined && solved) return readItem(name, at);
  const names = [...new Set(listed.map(({ operator }) => operator.name))].join(', ') || 'none';
  const which = only === undefined ? 'listed above' : 'listed above once';
  return {
    at,
    message: `must name an operator that is ${which}, got "${name}"`,
    hint: `Listed: ${names}. Give a size to take another: \`${name}: 2\`.`,
  };
}

function withoutSize({ operator, given }: Listed): OperatorSettings {
  return Object.fromEntries(Object.entries(given).filter(([name]) => name !== sizeSetting(operator)));
}

const secondOf = (dimension: Dimension, at: Path): CompareFault => ({
  at,
  message: `must make each dimension smaller once, got ${dimension} again`,
  hint: 'Keep one operator a dimension.',
});
