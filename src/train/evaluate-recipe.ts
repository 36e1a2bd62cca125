import type { ParameterKind } from '../growth/layout.ts';
import { expressionDims, type Expression, type LearnedMatrix, type Recipe } from '../growth/recipe.ts';

/** How noise is spread: zero-sum over the slices of each group along an axis, relative to the root mean square. */
export type NoiseForm = Pick<Extract<Expression, { op: 'noise' }>, 'axis' | 'groups' | 'deviation'>;

/** What recipes are made of, on tensors of some kind. */
export interface Operations<T> {
  /** The smaller model's parameter of that name. */
  readonly copy: (name: string) => T;
  /** What is drawn under a name: the same numbers each time. */
  readonly drawn: (kind: ParameterKind | 'normal', name: string, size: readonly number[]) => T;
  readonly take: (of: T, axis: number, index: readonly number[]) => T;
  readonly scale: (of: T, by: number) => T;
  readonly scaleAxis: (of: T, axis: number, by: readonly number[]) => T;
  readonly concat: (parts: readonly T[], axis: number) => T;
  readonly fill: (value: number, size: readonly number[]) => T;
  readonly matmul: (left: T, right: T) => T;
  readonly blockDiagonal: (of: T, count: number) => T;
  readonly mean: (of: T, axis: number) => T;
  readonly noise: (of: T, drawn: T, form: NoiseForm) => T;
  readonly map: (of: T, axis: number, matrix: LearnedMatrix) => T;
  readonly mix: (parts: readonly T[], matrix: LearnedMatrix, column: number) => T;
}

/**
 * Carries a recipe out in the given operations. `sizes` are those of the smaller model's parameters. Throws where the
 * recipe does not fit them: a bug in an operator.
 */
export function evaluateRecipe<T>(
  recipe: Recipe,
  sizes: ReadonlyMap<string, readonly number[]>,
  operations: Operations<T>,
): Map<string, T> {
  return new Map(
    [...recipe].map(([name, expression]) => {
      return [name, evaluate(expression, { sizes, operations, draw: drawer(operations, name), part: '' })];
    }),
  );
}

/** What an expression is evaluated in. */
interface Context<T> {
  readonly sizes: ReadonlyMap<string, readonly number[]>;
  readonly operations: Operations<T>;
  readonly draw: Draw<T>;
  /** What of the grown parameter the expression is a part of; empty for all of it. */
  readonly part: string;
}

/** Draws for one grown parameter; a second draw for the same part is another one. */
type Draw<T> = (kind: ParameterKind | 'normal', size: readonly number[], part: string) => T;

/**
 * A whole parameter is drawn as a new model's of that name is. A part of one must not be: its numbers would be those
 * that the part it joins started with.
 */
function drawer<T>({ drawn }: Operations<T>, name: string): Draw<T> {
  const counts = new Map<string, number>();
  return (kind, size, part) => {
    const before = counts.get(part) ?? 0;
    counts.set(part, before + 1);
    return drawn(kind, `${name}${part}${before === 0 ? '' : ` (${before + 1})`}`, size);
  };
}

function evaluate<T>(expression: Expression, context: Context<T>): T {
  const { operations, sizes, draw, part } = context;
  const value = (of: Expression) => evaluate(of, context);
  switch (expression.op) {
    case 'copy':
      if (sizes.has(expression.from)) return operations.copy(expression.from);
      throw new Error(`recipe copies a parameter that does not exist: ${expression.from}`);
    case 'take':
      return operations.take(value(expression.of), expression.axis, expression.index);
    case 'scale':
      return operations.scale(value(expression.of), expression.by);
    case 'scale-axis':
      return operations.scaleAxis(value(expression.of), expression.axis, expression.by);
    case 'concat': {
      const own = `${part}, part of ${expressionDims(expression, sizes).join('x')}`;
      const parts = expression.of.map((of) => evaluate(of, { ...context, part: own }));
      return operations.concat(parts, expression.axis);
    }
    case 'fill':
      return operations.fill(expression.value, expression.dims);
    case 'matmul':
      return operations.matmul(value(expression.left), value(expression.right));
    case 'block-diagonal':
      return operations.blockDiagonal(value(expression.of), expression.count);
    case 'init':
      return draw(expression.kind, expression.dims, part);
    case 'named':
      return evaluate(expression.of, { ...context, draw: drawer(operations, expression.name), part: '' });
    case 'mean':
      return operations.mean(value(expression.of), expression.axis);
    case 'noise': {
      const [of, size] = [value(expression.of), expressionDims(expression.of, sizes)];
      return operations.noise(of, draw('normal', size, `${part}, noise on ${size.join('x')}`), expression);
    }
    case 'map':
      return operations.map(value(expression.of), expression.axis, expression.matrix);
    case 'mix':
      return operations.mix(expression.of.map(value), expression.matrix, expression.column);
  }
}
