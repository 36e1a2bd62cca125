import { at, type Expression, type LearnedMatrix } from './expression.ts';

/** The shape an expression evaluates to, given the shapes of the smaller model's parameters. Throws where parts misfit. */
export function expressionDims(
  expression: Expression,
  source: ReadonlyMap<string, readonly number[]>,
): readonly number[] {
  switch (expression.op) {
    case 'copy':
      return lookup(source, expression.from);
    case 'fill':
    case 'init':
      return expression.dims;
    case 'take': {
      const of = expressionDims(expression.of, source);
      const size = at(of, expression.axis);
      const outside = expression.index.find((i) => !Number.isInteger(i) || i < 0 || i >= size);
      if (outside !== undefined)
        throw new Error(`take: index ${outside} is outside axis ${expression.axis} of ${size}`);
      return of.with(expression.axis, expression.index.length);
    }
    case 'scale':
    case 'named':
      return expressionDims(expression.of, source);
    case 'scale-axis': {
      const of = expressionDims(expression.of, source);
      if (expression.by.length === of[expression.axis]) return of;
      throw new Error(`scale: ${expression.by.length} factors for axis ${expression.axis} of [${of.join(', ')}]`);
    }
    case 'concat':
      return concatDims(
        expression.axis,
        expression.of.map((part) => expressionDims(part, source)),
      );
    case 'matmul':
      return matmulDims(expressionDims(expression.left, source), expressionDims(expression.right, source));
    case 'block-diagonal': {
      const of = expressionDims(expression.of, source);
      if (of.length === 2) return of.map((size) => size * expression.count);
      throw new Error(`block-diagonal: [${of.join(', ')}] is not a matrix`);
    }
    case 'mean':
      return expressionDims(expression.of, source).with(expression.axis, 1);
    case 'noise': {
      const of = expressionDims(expression.of, source);
      if (expression.groups.length === of[expression.axis]) return of;
      throw new Error(`noise: ${expression.groups.length} groups for axis ${expression.axis} of [${of.join(', ')}]`);
    }
    case 'map': {
      const of = expressionDims(expression.of, source);
      const { rows, index } = expression.matrix;
      if (of[expression.axis] === rows) return of.with(expression.axis, index.length);
      throw new Error(`map: ${rows} rows for axis ${expression.axis} of [${of.join(', ')}]`);
    }
    case 'mix':
      return mixDims(
        expression.matrix,
        expression.column,
        expression.of.map((part) => expressionDims(part, source)),
      );
  }
}

function concatDims(axis: number, parts: readonly (readonly number[])[]): readonly number[] {
  const [first, ...rest] = parts;
  if (first === undefined) throw new Error('concat of nothing');
  for (const part of rest) {
    if (part.with(axis, 0).join() !== first.with(axis, 0).join()) {
      throw new Error(`concat: [${part.join(', ')}] does not fit [${first.join(', ')}] along axis ${axis}`);
    }
  }
  return first.with(
    axis,
    parts.reduce((sum, part) => sum + at(part, axis), 0),
  );
}

function mixDims(
  { rows, index }: LearnedMatrix,
  column: number,
  parts: readonly (readonly number[])[],
): readonly number[] {
  if (parts.length !== rows) throw new Error(`mix: ${rows} rows for ${parts.length} parts`);
  at(index, column);
  const [first, ...rest] = parts;
  if (first === undefined) throw new Error('mix of nothing');
  const other = rest.find((part) => part.join() !== first.join());
  if (other === undefined) return first;
  throw new Error(`mix: [${other.join(', ')}] beside [${first.join(', ')}]`);
}

function matmulDims(left: readonly number[], right: readonly number[]): readonly number[] {
  if (left.length !== 2 || right.length !== 2 || left[1] !== right[0]) {
    throw new Error(`matmul: [${left.join(', ')}] times [${right.join(', ')}]`);
  }
  return [at(left, 0), at(right, 1)];
}

/** What `map` holds of a parameter. Throws where it holds nothing: a bug in an operator. */
export function lookup<V>(map: ReadonlyMap<string, V>, name: string): V {
  const value = map.get(name);
  if (value === undefined) throw new Error(`recipe names a parameter that does not exist: ${name}`);
  return value;
}
