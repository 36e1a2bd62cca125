import { DIMENSIONS, type ModelShape } from './layout.ts';
import { defaultSettings, type GrowthOperator, type OperatorSettings } from './operator.ts';
import type { Reduction } from './schedule.ts';

/** What sizes are solved for: the full-size model, and the FLOPs that a training step of a model takes. */
export interface CostBasis {
  readonly target: ModelShape;
  readonly flops: (shape: ModelShape) => number;
}

/** An operator whose size is to be found; `given` are its other settings as far as they are not the defaults. */
export interface Unsized {
  readonly operator: GrowthOperator;
  readonly given: OperatorSettings;
}

/** A size that an operator can have, and what a step of its small model costs as a share of the target's. */
export interface Sized {
  readonly reduction: Reduction;
  readonly size: number;
  readonly cost: number;
}

/** Every size of an operator with its cost, from the largest model to the smallest. */
export function sizesWithCost({ target, flops }: CostBasis, { operator, given }: Unsized): Sized[] {
  const whole = flops(target);
  const [first = ''] = Object.keys(operator.settings);
  return operator.sizes(target).flatMap((size) => {
    const settings = { ...defaultSettings(operator), ...given, [first]: size };
    if (operator.refuse(target, settings) !== null) return [];
    const cost = flops(operator.shrink(target, settings)) / whole;
    return [{ reduction: { operator: operator.name, settings }, size, cost }];
  });
}

/** The size whose cost is nearest to `cost`; of two that are as near, the larger model. Null where there is no size. */
export function nearest(sizes: readonly Sized[], cost: number): Sized | null {
  return best(sizes, (sized) => Math.abs(sized.cost - cost));
}

/** Sizes of several operators in force together, and what a step then costs as a share of the target's. */
export interface Combination {
  readonly parts: readonly Sized[];
  readonly cost: number;
}

/**
 * An even split of the saving: every operator is given the size nearest to one and the same cost of its own, that cost
 * being the one whose combination comes nearest to `cost`. Null where no combination can be had.
 */
export function evenSplit(basis: CostBasis, operators: readonly Unsized[], cost: number): Combination | null {
  const choices = operators.map((operator) => sizesWithCost(basis, operator));
  // Nothing changes between two costs that some operator can have, so these are all the splits there are.
  const levels = [...new Set(choices.flat().map((sized) => sized.cost))].sort((a, b) => b - a);
  const splits = levels.flatMap((level) => {
    const parts = choices.flatMap((sizes) => nearest(sizes, level) ?? []);
    return parts.length === operators.length ? combine(basis, operators, parts) : [];
  });
  return best(splits, (split) => Math.abs(split.cost - cost));
}

/**
 * Of all combinations that cost `cost` give or take `tolerance` (a share of the target's), the one whose operators'
 * own costs lie closest together; of those, the one nearest to `cost`. Null where there is none.
 */
export function leastUnevenSplit(
  basis: CostBasis,
  operators: readonly Unsized[],
  { cost, tolerance }: { readonly cost: number; readonly tolerance: number },
): Combination | null {
  const choices = operators.map((operator) => sizesWithCost(basis, operator));
  let found: Combination | null = null;
  let least = [Infinity, Infinity] as const;
  const visit = (parts: readonly Sized[], low: number, high: number): void => {
    const sizes = choices[parts.length];
    // What is more uneven already only becomes more so.
    if (high - low > least[0]) return;
    if (sizes !== undefined) {
      for (const sized of sizes) visit([...parts, sized], Math.min(low, sized.cost), Math.max(high, sized.cost));
      return;
    }
    for (const combination of combine(basis, operators, parts)) {
      const off = Math.abs(combination.cost - cost);
      const worse = high - low === least[0] && off >= least[1];
      if (off > tolerance || worse) continue;
      found = combination;
      least = [high - low, off];
    }
  };
  visit([], Infinity, -Infinity);
  return found;
}

/** The combination of `parts`, none where one of them cannot shrink what the others leave. */
function combine({ target, flops }: CostBasis, operators: readonly Unsized[], parts: readonly Sized[]): Combination[] {
  let shape = target;
  for (const dimension of DIMENSIONS) {
    const index = operators.findIndex(({ operator }) => operator.dimension === dimension);
    const part = parts[index];
    if (part === undefined) continue;
    const { operator } = operators[index]!;
    if (operator.refuse(shape, part.reduction.settings) !== null) return [];
    shape = operator.shrink(shape, part.reduction.settings);
  }
  return [{ parts, cost: flops(shape) / flops(target) }];
}

function best<Item>(items: readonly Item[], penalty: (item: Item) => number): Item | null {
  let found: Item | null = null;
  let least = Infinity;
  for (const item of items) {
    const own = penalty(item);
    if (own >= least) continue;
    found = item;
    least = own;
  }
  return found;
}
