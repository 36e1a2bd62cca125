import * as tf from '@tensorflow/tfjs-core';
import type { HostTensors, Tensors } from '../engine/engine.ts';
import { gatherRows } from '../engine/ops/gather.ts';
import type { ParameterKind } from '../growth/layout.ts';
import type { Expression, LearnedMatrix, Recipe } from '../growth/recipe.ts';
import { applyRecipe } from './grow.ts';
import type { Fresh } from './init.ts';
import { parameter } from './parameters.ts';

/** How a learned matrix is called in the state. */
export const learnedName = (name: string): string => `learned/${name}`;

/** How what was drawn under a name is called in the state. */
const drawnName = (name: string): string => `drawn/${name}`;

/** A learned matrix as it starts: a 1 in every column. */
export function startOf({ rows, index }: LearnedMatrix): Float32Array {
  const values = new Float32Array(rows * index.length);
  for (const [column, row] of index.entries()) values[row * index.length + column] = 1;
  return values;
}

/** All that a recipe draws, by its names in the state: a step may not draw, or every call would draw anew. */
export function drawsOf(recipe: Recipe, source: HostTensors, fresh: Fresh): HostTensors {
  const drawn = new Map<string, { shape: readonly number[]; values: Float32Array }>();
  applyRecipe(recipe, source, (kind, name, shape) => {
    const values = fresh(kind, name, shape);
    drawn.set(drawnName(name), { shape, values });
    return values;
  });
  return drawn;
}

/**
 * Carries a recipe out in tensor operations, differentiably. `state` holds the small model's parameters, the learned
 * matrices (`learnedName`) and what the recipe draws (`drawsOf`). Gives the grown parameters by name.
 */
export function grownTensors(recipe: Recipe, state: Tensors): Tensors {
  return Object.fromEntries([...recipe].map(([name, made]) => [name, evaluate(made, state, drawer(state, name))]));
}

type Draw = (kind: ParameterKind | 'normal') => tf.Tensor;

/** Counts draws as grow.ts does. */
function drawer(state: Tensors, name: string): Draw {
  let drawn = 0;
  return () => {
    drawn += 1;
    return parameter(state, drawnName(drawn === 1 ? name : `${name} (${drawn})`));
  };
}

function evaluate(expression: Expression, state: Tensors, draw: Draw): tf.Tensor {
  const value = (of: Expression) => evaluate(of, state, draw);
  switch (expression.op) {
    case 'copy':
      return parameter(state, expression.from);
    case 'take':
      return take(value(expression.of), expression.axis, expression.index);
    case 'scale':
      return tf.mul(value(expression.of), expression.by);
    case 'scale-axis':
      return scaleAxis(value(expression.of), expression.axis, expression.by);
    case 'concat':
      return tf.concat(expression.of.map(value), expression.axis);
    case 'fill':
      return tf.fill([...expression.dims], expression.value);
    case 'matmul':
      return tf.matMul(value(expression.left), value(expression.right));
    case 'init':
      return draw(expression.kind);
    case 'mean':
      return tf.mean(value(expression.of), expression.axis, true);
    case 'noise':
      return withNoise(value(expression.of), expression, draw);
    case 'map':
      return mapAxis(value(expression.of), expression.axis, learned(state, expression.matrix));
    case 'mix':
      return mix(expression.of.map(value), learned(state, expression.matrix), expression.column);
  }
}

const learned = (state: Tensors, { name }: LearnedMatrix) => parameter(state, learnedName(name)) as tf.Tensor2D;

/** x with `axis` first and all others in one: [along, rest]. Parameters have one axis or two. */
function axisFirst(x: tf.Tensor, axis: number): tf.Tensor2D {
  if (x.rank === 1) return tf.reshape(x, [x.size, 1]);
  return axis === 0 ? (x as tf.Tensor2D) : tf.transpose(x as tf.Tensor2D);
}

/** The way back from `axisFirst` to a tensor of rank `rank`. */
function axisBack(x: tf.Tensor2D, axis: number, rank: number): tf.Tensor {
  if (rank === 1) return tf.reshape(x, [x.size]);
  return axis === 0 ? x : tf.transpose(x);
}

/** Gathers rows only: our engines have no gradient along other axes. */
function take(x: tf.Tensor, axis: number, index: readonly number[]): tf.Tensor {
  return axisBack(gatherRows(axisFirst(x, axis), tf.tensor1d([...index], 'int32')), axis, x.rank);
}

function scaleAxis(x: tf.Tensor, axis: number, by: readonly number[]): tf.Tensor {
  const shape = x.shape.map((_, other) => (other === axis ? by.length : 1));
  return tf.mul(x, tf.tensor([...by], shape));
}

function mapAxis(x: tf.Tensor, axis: number, matrix: tf.Tensor2D): tf.Tensor {
  if (x.rank === 1) return tf.reshape(tf.matMul(tf.reshape(x, [1, x.size]), matrix), [matrix.shape[1]]);
  return axis === 0 ? tf.matMul(matrix, x, true) : tf.matMul(x, matrix);
}

function mix(parts: readonly tf.Tensor[], matrix: tf.Tensor2D, column: number): tf.Tensor {
  const weights = tf.unstack(tf.reshape(tf.slice(matrix, [0, column], [parts.length, 1]), [parts.length]));
  return tf.addN(parts.map((part, index) => tf.mul(part, weights[index]!)));
}

function withNoise(x: tf.Tensor, noise: Extract<Expression, { op: 'noise' }>, draw: Draw): tf.Tensor {
  const { axis, groups, deviation } = noise;
  const rootMeanSquare = tf.sqrt(tf.mean(tf.square(x)));
  return tf.add(x, tf.mul(lessGroupMeans(draw('normal'), axis, groups), tf.mul(rootMeanSquare, deviation)));
}

function lessGroupMeans(x: tf.Tensor, axis: number, groups: readonly number[]): tf.Tensor {
  const names = [...new Set(groups)];
  const own = tf.tensor1d(
    groups.map((group) => names.indexOf(group)),
    'int32',
  );
  const sizes = names.map((name) => groups.filter((group) => group === name).length);
  const rows = axisFirst(x, axis);
  const sums = tf.unsortedSegmentSum(rows, own, names.length);
  const means = tf.div<tf.Tensor2D>(sums, tf.tensor2d(sizes, [names.length, 1]));
  return axisBack(tf.sub(rows, gatherRows(means, own)), axis, x.rank);
}
