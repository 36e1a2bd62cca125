import { dims, layout, type ModelShape } from './layout.ts';
import { beforeFitting } from './learned.ts';
import {
  concat,
  expressionDims,
  fill,
  partsOf,
  scale,
  scaleAxis,
  take,
  type Expression,
  type Recipe,
} from './recipe.ts';
import { inTurn } from './units.ts';

type Sources = ReadonlyMap<string, readonly number[]>;

/**
 * How Adam's moments follow a recipe, derived from it. A source number that stands n times in a grown parameter, each
 * time with weight s, has the gradient Σ s·g over its copies; copies are alike, so each has g/(n·s) of it. The first
 * moment is a mean of gradients (`order` 1), the second of their squares (`order` 2: the factor is squared).
 *
 * Copies are counted within one grown parameter: layers that `stack` repeats are not tied, each takes the moments of
 * the layer it was copied from (as Shen et al. 2022 do for depth). Fresh numbers, means and products of matrices start
 * with moments of 0: nothing is known of their gradients. Noise leaves gradients as they are, but for its size. Learned
 * matrices count as what they start from, the copying that fitting moves away from.
 */
export function momentRecipe(recipe: Recipe, from: ModelShape, order: 1 | 2): Recipe {
  const sources: Sources = new Map(layout(from).map((parameter) => [parameter.name, dims(parameter, from)]));
  return new Map([...recipe].map(([name, expression]) => [name, moment(expression, sources, order)]));
}

function moment(expression: Expression, sources: Sources, order: 1 | 2): Expression {
  switch (expression.op) {
    case 'copy':
      return expression;
    case 'take': {
      const copies = countEach(expression.index);
      const share = expression.index.map((i) => (1 / (copies.get(i) ?? 1)) ** order);
      const taken = take(moment(expression.of, sources, order), expression.axis, expression.index);
      return scaleAxis(taken, expression.axis, share);
    }
    case 'scale':
      return scale(moment(expression.of, sources, order), inverse(expression.by) ** order);
    case 'scale-axis': {
      const by = expression.by.map((factor) => inverse(factor) ** order);
      return scaleAxis(moment(expression.of, sources, order), expression.axis, by);
    }
    case 'concat':
      requireDistinctSources(expression.of);
      return concat(
        expression.axis,
        expression.of.map((part) => moment(part, sources, order)),
      );
    case 'block-diagonal': {
      // A weight of 0 between copies has the gradient of the weight that it stands beside: both join the same units.
      const [rows, columns] = expressionDims(expression.of, sources) as [number, number];
      const tiledRows = take(moment(expression.of, sources, order), 0, inTurn(rows, rows * expression.count));
      const tiled = take(tiledRows, 1, inTurn(columns, columns * expression.count));
      return scale(tiled, (1 / expression.count) ** order);
    }
    case 'noise':
    case 'named':
      return moment(expression.of, sources, order);
    case 'map':
    case 'mix':
      return moment(beforeFitting(expression), sources, order);
    case 'fill':
    case 'init':
    case 'mean':
    case 'matmul':
      return fill(0, expressionDims(expression, sources));
  }
}

/** A copy with weight 0 hands nothing on, so it says nothing about its source's gradient. */
const inverse = (factor: number): number => (factor === 0 ? 0 : 1 / factor);

function countEach(index: readonly number[]): ReadonlyMap<number, number> {
  const counts = new Map<number, number>();
  for (const i of index) counts.set(i, (counts.get(i) ?? 0) + 1);
  return counts;
}

/** Copies of one source in two parts of a `concat` would each be counted as the only one. */
function requireDistinctSources(parts: readonly Expression[]): void {
  const seen = new Set<string>();
  for (const part of parts) {
    const own = new Set(copied(part));
    for (const name of own) {
      if (seen.has(name)) throw new Error(`concat joins ${name} with itself: write the repetition as take`);
      seen.add(name);
    }
  }
}

/** Names of the parameters of the smaller model that stand in an expression. */
export function copied(expression: Expression): string[] {
  if (expression.op === 'copy') return [expression.from];
  // A mean stands for none of the numbers that it is of.
  return expression.op === 'mean' ? [] : partsOf(expression).flatMap(copied);
}
