import { dims, layout, type ModelShape } from './layout.ts';
import { expressionDims, partsOf, take, type Expression, type LearnedMatrix, type Recipe } from './recipe.ts';

/** What a learned expression stands for before anything is fitted. */
export function beforeFitting(expression: Extract<Expression, { op: 'map' | 'mix' }>): Expression {
  const { index } = expression.matrix;
  if (expression.op === 'map') return take(expression.of, expression.axis, index);
  return expression.of[index[expression.column]!]!;
}

/** Every learned matrix of a recipe, once. Throws where two of one name differ: a bug in an operator. */
export function learnedMatrices(recipe: Recipe): LearnedMatrix[] {
  const found = new Map<string, LearnedMatrix>();
  for (const matrix of [...recipe.values()].flatMap(matricesIn)) {
    const known = found.get(matrix.name) ?? matrix;
    if (JSON.stringify(known) !== JSON.stringify(matrix)) {
      throw new Error(`two learned matrices are called ${matrix.name}`);
    }
    found.set(matrix.name, known);
  }
  return [...found.values()];
}

function matricesIn(expression: Expression): LearnedMatrix[] {
  const own = expression.op === 'map' || expression.op === 'mix' ? [expression.matrix] : [];
  return [...own, ...partsOf(expression).flatMap(matricesIn)];
}

/**
 * FLOPs of making a grown model's parameters once and of the way back to the learned matrices: two for every
 * multiply-add of a matrix product, as everywhere (growth/flops.ts). A product hands gradients on to those of its
 * factors that something is learned in, at its own cost each.
 */
export function growingFlops(recipe: Recipe, from: ModelShape): number {
  const sources = new Map(layout(from).map((parameter) => [parameter.name, dims(parameter, from)]));
  const productOf = (expression: Expression): number => {
    if (expression.op === 'map') {
      const product = 2 * size(expressionDims(expression.of, sources)) * expression.matrix.index.length;
      return product * (2 + learns(expression.of));
    }
    if (expression.op !== 'matmul') return 0;
    const { left, right } = expression;
    const product = 2 * size(expressionDims(left, sources)) * expressionDims(right, sources)[1]!;
    return product * (1 + learns(left) + learns(right));
  };
  const flopsOf = (expression: Expression): number =>
    partsOf(expression).reduce((sum, part) => sum + flopsOf(part), productOf(expression));
  return [...recipe.values()].reduce((sum, expression) => sum + flopsOf(expression), 0);
}

const size = (of: readonly number[]): number => of.reduce((a, b) => a * b, 1);

const learns = (expression: Expression): 0 | 1 => (matricesIn(expression).length > 0 ? 1 : 0);
