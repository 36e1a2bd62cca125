import {
  blockDiagonal,
  concat,
  copy,
  map,
  matmul,
  mean,
  mix,
  named,
  noise,
  scale,
  scaleAxis,
  take,
  type Expression,
} from './expression.ts';
import { expressionDims, lookup } from './expression-dims.ts';
import { dims, layout, type ModelShape, type Parameter } from './layout.ts';

export * from './expression.ts';
export { expressionDims } from './expression-dims.ts';

/** A grown model: for every parameter, how it is made. */
export type Recipe = ReadonlyMap<string, Expression>;

/** A recipe that covers every parameter of `to`, by construction. */
export function recipeFor(to: ModelShape, rule: (parameter: Parameter) => Expression): Recipe {
  return new Map(layout(to).map((parameter) => [parameter.name, rule(parameter)]));
}

/** The recipe that leaves a model as it is. */
export const identity = (shape: ModelShape): Recipe => recipeFor(shape, ({ name }) => copy(name));

/** The recipe that does `first` and then `second`, in one step. */
export function compose(first: Recipe, second: Recipe): Recipe {
  return new Map([...second].map(([name, expression]) => [name, substitute(expression, first)]));
}

/** `expression` with every parameter it copies replaced by how `first` makes that parameter. */
function substitute(expression: Expression, first: Recipe): Expression {
  switch (expression.op) {
    case 'copy':
      return named(expression.from, lookup(first, expression.from));
    case 'take':
      return take(substitute(expression.of, first), expression.axis, expression.index);
    case 'scale':
      return scale(substitute(expression.of, first), expression.by);
    case 'scale-axis':
      return scaleAxis(substitute(expression.of, first), expression.axis, expression.by);
    case 'concat':
      return concat(
        expression.axis,
        expression.of.map((part) => substitute(part, first)),
      );
    case 'matmul':
      return matmul(substitute(expression.left, first), substitute(expression.right, first));
    case 'block-diagonal':
      return blockDiagonal(substitute(expression.of, first), expression.count);
    case 'mean':
      return mean(substitute(expression.of, first), expression.axis);
    case 'noise':
      return noise(substitute(expression.of, first), expression.axis, expression.groups, expression.deviation);
    case 'map':
      return map(substitute(expression.of, first), expression.axis, expression.matrix);
    case 'mix':
      return mix(
        expression.of.map((part) => substitute(part, first)),
        expression.matrix,
        expression.column,
      );
    case 'named':
      return named(expression.name, substitute(expression.of, first));
    case 'fill':
    case 'init':
      return expression;
  }
}

/**
 * Throws unless `recipe` turns a `from` model into exactly a `to` model: every parameter made, none too many, every
 * shape right. A failure is a bug in an operator.
 */
export function checkRecipe(recipe: Recipe, from: ModelShape, to: ModelShape): void {
  const source = new Map(layout(from).map((parameter) => [parameter.name, dims(parameter, from)]));
  const wanted = layout(to);
  for (const parameter of wanted) {
    const got = expressionDims(lookup(recipe, parameter.name), source);
    const want = dims(parameter, to);
    if (got.join() !== want.join()) {
      throw new Error(`recipe for ${parameter.name} makes [${got.join(', ')}], the target needs [${want.join(', ')}]`);
    }
  }
  const names = new Set(wanted.map(({ name }) => name));
  const extra = [...recipe.keys()].filter((name) => !names.has(name));
  if (extra.length > 0) throw new Error(`recipe makes parameters the target does not have: ${extra.join(', ')}`);
}
