import {
  evenSplit,
  leastUnevenSplit,
  nearest,
  sizesWithCost,
  type Combination,
  type CostBasis,
  type Sized,
} from '../growth/equal-cost.ts';
import { stageFlops } from '../growth/flops.ts';
import { maskedTokens, targetShape, type Settings } from '../run/spec.ts';
import { DEFAULTS } from './defaults.ts';
import { fraction, type CompareInput } from './grammar.ts';
import { hasSize, sizeSetting, type CompareFault, type Listed } from './listed-operators.ts';
import type { Path } from './problem.ts';

/** The share of the target's FLOPs that every small model is to cost, and how far off it may be. */
interface Wanted {
  readonly cost: number;
  readonly tolerance: number;
}

/** Gives the operators that `compare` lists without a size the one that comes nearest to its cost. */
export function solveListed(
  listed: readonly Listed[],
  compare: CompareInput,
  base: Settings,
): (Listed | CompareFault)[] {
  const wanted = wantedOf(compare);
  return listed.map((one) => {
    if (hasSize(one)) return one;
    if (wanted === null) return withoutSize(one);
    const sizes = sizesWithCost(basisOf(base), one);
    const found = nearest(sizes, wanted.cost);
    if (found === null) return sizeless(one);
    return within(found.cost, wanted) ? sized(one, found) : tooFar(one, found, sizes, wanted);
  });
}

/** Splits the saving of the compound arm over those of its operators that have no size. */
export function solveCompound(
  parts: readonly Listed[],
  compare: CompareInput,
  base: Settings,
): (Listed | CompareFault)[] {
  if (parts.length === 0 || parts.every(hasSize)) return [...parts];
  const wanted = wantedOf(compare);
  if (wanted === null) return parts.map((part) => (hasSize(part) ? part : withoutSize(part)));
  const at: Path = ['compare', 'compound'];
  if (parts.some(hasSize)) return [mixed(at)];
  const basis = basisOf(base);
  const split =
    compare.split === 'closest' ? leastUnevenSplit(basis, parts, wanted) : evenSplit(basis, parts, wanted.cost);
  if (split === null || !within(split.cost, wanted)) return [noSplit(at, split, compare, wanted)];
  return parts.map((part, index) => sized(part, split.parts[index]!));
}

function wantedOf({ cost, tolerance = DEFAULTS.compare.tolerance }: CompareInput): Wanted | null {
  return cost === undefined ? null : { cost: fraction(cost), tolerance: fraction(tolerance) };
}

/** FLOPs of a step for one sequence: the batch is the same for every model. */
function basisOf(settings: Settings): CostBasis {
  const flops: CostBasis['flops'] = (shape) => stageFlops(shape, maskedTokens(shape.length, settings.data.mask), 1, 1);
  return { target: targetShape(settings), flops };
}

const within = (cost: number, wanted: Wanted): boolean => Math.abs(cost - wanted.cost) <= wanted.tolerance;

const sized = (one: Listed, { size }: Sized): Listed => ({
  ...one,
  given: { [sizeSetting(one.operator)]: size, ...one.given },
});

const withoutSize = ({ operator, at }: Listed): CompareFault => ({
  at,
  message: `must be an operator with its size, got "${operator.name}" alone`,
  hint: `Give its ${sizeSetting(operator)}, as in \`${operator.name}: 2\`, or give compare a cost to solve it for.`,
});

const sizeless = ({ operator, at }: Listed): CompareFault => ({
  at,
  message: `must be able to make this target smaller, but ${operator.name} has no size that fits`,
  hint: 'Take another operator.',
});

const mixed = (at: Path): CompareFault => ({
  at,
  message: 'must give a size to all of its operators or to none',
  hint: 'Without sizes the saving is split evenly between them.',
});

/** How many of the costs that can be had a message lists. */
const LISTED_COSTS = 6;

function tooFar({ operator, at }: Listed, found: Sized, sizes: readonly Sized[], wanted: Wanted): CompareFault {
  const byDistance = sizes.toSorted((a, b) => Math.abs(a.cost - wanted.cost) - Math.abs(b.cost - wanted.cost));
  const near = byDistance.slice(0, LISTED_COSTS).sort((a, b) => a.cost - b.cost);
  const costs = near.map(({ size, cost }) => `${percent(cost)} (${operator.name}: ${size})`).join(', ');
  return {
    at,
    message: `must cost ${described(wanted)}, but the nearest that ${operator.name} can have is ${percent(found.cost)}`,
    hint: `To be had: ${costs}. Give one of these sizes, or another cost or tolerance.`,
  };
}

function noSplit(at: Path, split: Combination | null, { split: how }: CompareInput, wanted: Wanted): CompareFault {
  const got = split === null ? 'no combination does' : `an even split comes to ${percent(split.cost)} at the nearest`;
  const other = how === 'closest' ? '' : 'Take `split: closest`, or give';
  return {
    at,
    message: `must cost ${described(wanted)} together, but ${got}`,
    hint: `${other === '' ? 'Give' : other} sizes, or another cost or tolerance.`,
  };
}

const described = ({ cost, tolerance }: Wanted): string =>
  `${percent(cost)} of the target's FLOPs a step, give or take ${Number((tolerance * 100).toPrecision(3))} points`;

const percent = (share: number): string => `${(share * 100).toFixed(1)}%`;
