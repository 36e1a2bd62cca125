import * as tf from '@tensorflow/tfjs-core';
import type { HostTensors, Tensors } from '../engine/engine.ts';
import { gatherRows } from '../engine/ops/gather.ts';
import type { LearnedMatrix, Recipe } from '../growth/recipe.ts';
import { evaluateRecipe, type NoiseForm, type Operations } from './evaluate-recipe.ts';
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
  const sizes = new Map(Object.entries(state).map(([name, { shape }]) => [name, shape]));
  const learned = ({ name }: LearnedMatrix) => parameter(state, learnedName(name)) as tf.Tensor2D;
  const grown = evaluateRecipe(recipe, sizes, {
    ...TENSORS,
    copy: (name) => parameter(state, name),
    drawn: (_, name) => parameter(state, drawnName(name)),
    map: (x, axis, matrix) => mapAxis(x, axis, learned(matrix)),
    mix: (parts, matrix, column) => mix(parts, learned(matrix), column),
  });
  return Object.fromEntries(grown);
}

const TENSORS: Omit<Operations<tf.Tensor>, 'copy' | 'drawn' | 'map' | 'mix'> = {
  take,
  scale: (x, by) => tf.mul(x, by),
  scaleAxis,
  concat: (parts, axis) => tf.concat([...parts], axis),
  fill: (value, size) => tf.fill([...size], value),
  matmul: (left, right) => tf.matMul(left, right),
  blockDiagonal,
  mean: (x, axis) => tf.mean(x, axis, true),
  noise: withNoise,
};

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

function blockDiagonal(x: tf.Tensor, count: number): tf.Tensor {
  const rows = Array.from({ length: count }, (_, block) => {
    const cells = Array.from({ length: count }, (__, other) => (other === block ? x : tf.zeros(x.shape)));
    return tf.concat(cells, 1);
  });
  return tf.concat(rows, 0);
}

function withNoise(x: tf.Tensor, drawn: tf.Tensor, { axis, groups, deviation }: NoiseForm): tf.Tensor {
  const rootMeanSquare = tf.sqrt(tf.mean(tf.square(x)));
  return tf.add(x, tf.mul(lessGroupMeans(drawn, axis, groups), tf.mul(rootMeanSquare, deviation)));
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
