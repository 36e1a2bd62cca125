import type { ParameterKind } from './layout.ts';

/**
 * A matrix [rows, index.length] that is fitted before training goes on. It starts with a 1 at row `index[j]` of every
 * column j and 0 elsewhere, so that at first it does what `take` with that index does. Expressions that name the same
 * matrix share it.
 */
export interface LearnedMatrix {
  readonly name: string;
  readonly rows: number;
  readonly index: readonly number[];
  /** Learning rate of the first step of its fitting, from which it falls to 0. */
  readonly rate: number;
}

/**
 * How one grown parameter is made from the parameters of the smaller model.
 *
 * Operators return recipes, never tensors: a recipe can be printed, composed, checked for shape and asserted on
 * without loading TensorFlow. Repetition is written as `take`; `concat` joins parts that come from different places.
 */
export type Expression =
  /** A parameter of the smaller model as it is. */
  | { readonly op: 'copy'; readonly from: string }
  /** Slices `index` along `axis`, in that order, repeats allowed. */
  | { readonly op: 'take'; readonly axis: number; readonly index: readonly number[]; readonly of: Expression }
  /** Times one number. */
  | { readonly op: 'scale'; readonly by: number; readonly of: Expression }
  /** Times `by[i]` at position i along `axis`. */
  | { readonly op: 'scale-axis'; readonly axis: number; readonly by: readonly number[]; readonly of: Expression }
  | { readonly op: 'concat'; readonly axis: number; readonly of: readonly Expression[] }
  | { readonly op: 'fill'; readonly value: number; readonly dims: readonly number[] }
  /** The product of two matrices. */
  | { readonly op: 'matmul'; readonly left: Expression; readonly right: Expression }
  /** A matrix `count` times along the diagonal, 0 elsewhere. */
  | { readonly op: 'block-diagonal'; readonly count: number; readonly of: Expression }
  /** The mean along `axis`, which stays with a size of 1. */
  | { readonly op: 'mean'; readonly axis: number; readonly of: Expression }
  /**
   * Plus normal numbers of `deviation` times the root mean square of `of`, less their mean over the slices along `axis`
   * that `groups` gives the same number: the sum over a group stays what it was.
   */
  | {
      readonly op: 'noise';
      readonly axis: number;
      readonly groups: readonly number[];
      readonly deviation: number;
      readonly of: Expression;
    }
  /** The product with a learned matrix along `axis`: slice j becomes the sum over i of matrix[i, j] times slice i. */
  | { readonly op: 'map'; readonly axis: number; readonly matrix: LearnedMatrix; readonly of: Expression }
  /** The sum of the parts, part i times matrix[i, column]. */
  | { readonly op: 'mix'; readonly column: number; readonly matrix: LearnedMatrix; readonly of: readonly Expression[] }
  /** Drawn afresh as a new model's parameter of this kind is; the draw depends on the seed and the grown name. */
  | { readonly op: 'init'; readonly kind: ParameterKind; readonly dims: readonly number[] }
  /** `of` as it makes the parameter `name` of a model between the two: what it draws, it draws under that name. */
  | { readonly op: 'named'; readonly name: string; readonly of: Expression };

export const copy = (from: string): Expression => ({ op: 'copy', from });
export const fill = (value: number, size: readonly number[]): Expression => ({ op: 'fill', value, dims: size });
export const matmul = (left: Expression, right: Expression): Expression => ({ op: 'matmul', left, right });
export const blockDiagonal = (of: Expression, count: number): Expression => ({ op: 'block-diagonal', count, of });
export const mean = (of: Expression, axis: number): Expression => ({ op: 'mean', axis, of });
export const init = (kind: ParameterKind, size: readonly number[]): Expression => ({ op: 'init', kind, dims: size });
export const map = (of: Expression, axis: number, matrix: LearnedMatrix): Expression => ({
  op: 'map',
  axis,
  matrix,
  of,
});
export const mix = (of: readonly Expression[], matrix: LearnedMatrix, column: number): Expression => ({
  op: 'mix',
  column,
  matrix,
  of,
});

/** Zero-sum noise over the slices that share a number in `groups`; none of a deviation of 0. */
export const noise = (of: Expression, axis: number, groups: readonly number[], deviation: number): Expression =>
  deviation === 0 ? of : { op: 'noise', axis, groups, deviation, of };

/** Slices along an axis. Two takes along one axis become one, under any scaling, so that reuse can be counted. */
export function take(of: Expression, axis: number, index: readonly number[]): Expression {
  switch (of.op) {
    case 'take':
      if (of.axis !== axis) return { op: 'take', axis, index, of };
      return take(
        of.of,
        axis,
        index.map((i) => at(of.index, i)),
      );
    case 'scale':
      return scale(take(of.of, axis, index), of.by);
    case 'scale-axis': {
      const by = of.axis === axis ? index.map((i) => at(of.by, i)) : of.by;
      return scaleAxis(take(of.of, axis, index), of.axis, by);
    }
    case 'copy':
    case 'concat':
    case 'fill':
    case 'matmul':
    case 'block-diagonal':
    case 'mean':
    case 'noise':
    case 'map':
    case 'mix':
    case 'init':
    case 'named':
      return { op: 'take', axis, index, of };
  }
}

/** What `of` draws is drawn under `name`; without a draw it is `of` itself. */
export const named = (name: string, of: Expression): Expression => (draws(of) ? { op: 'named', name, of } : of);

function draws(expression: Expression): boolean {
  if (expression.op === 'noise' || expression.op === 'init' || expression.op === 'named') return true;
  return partsOf(expression).some(draws);
}

/** The expressions that an expression is directly made of. */
export function partsOf(expression: Expression): readonly Expression[] {
  switch (expression.op) {
    case 'copy':
    case 'fill':
    case 'init':
      return [];
    case 'take':
    case 'scale':
    case 'scale-axis':
    case 'block-diagonal':
    case 'mean':
    case 'noise':
    case 'named':
    case 'map':
      return [expression.of];
    case 'concat':
    case 'mix':
      return expression.of;
    case 'matmul':
      return [expression.left, expression.right];
  }
}

/** Parts end to end. Slices of one thing along the axis become one take, so that reuse can be counted. */
export function concat(axis: number, of: readonly Expression[]): Expression {
  const [first, ...rest] = of;
  if (first?.op !== 'take' || first.axis !== axis) return { op: 'concat', axis, of };
  const own = JSON.stringify(first.of);
  const slices = rest.filter((part) => part.op === 'take' && part.axis === axis && JSON.stringify(part.of) === own);
  if (slices.length < rest.length) return { op: 'concat', axis, of };
  return take(
    first.of,
    axis,
    of.flatMap((part) => (part.op === 'take' ? part.index : [])),
  );
}

/** Times one number. */
export const scale = (of: Expression, by: number): Expression => (by === 1 ? of : { op: 'scale', by, of });

/** Times `by[i]` at position i along `axis`. */
export function scaleAxis(of: Expression, axis: number, by: readonly number[]): Expression {
  return by.every((factor) => factor === by[0]) ? scale(of, by[0] ?? 1) : { op: 'scale-axis', axis, by, of };
}

/** `values[index]`. Throws where there is none: a bug in an operator. */
export function at(values: readonly number[], index: number): number {
  const value = values[index];
  if (value === undefined) throw new Error(`index ${index} is outside [${values.join(', ')}]`);
  return value;
}
