import { beforeAll, describe, expect, test } from 'vitest';
import type { Engine, HostTensor, HostTensors } from '../../src/engine/engine.ts';
import { openWasm } from '../../src/engine/wasm.ts';
import {
  blockDiagonal,
  concat,
  copy,
  fill,
  init,
  map,
  matmul,
  mean,
  mix,
  noise,
  scale,
  scaleAxis,
  take,
  type Expression,
  type Recipe,
} from '../../src/growth/recipe.ts';
import { learnedMatrices } from '../../src/growth/learned.ts';
import { applyRecipe } from '../../src/train/grow.ts';
import { drawsOf, grownTensors, learnedName, startOf } from '../../src/train/grown-tensors.ts';
import { freshParameter } from '../../src/train/init.ts';
import * as tf from '@tensorflow/tfjs-core';
import { describeInstalled, installedEngine } from '../engine/tensorflow/installed.ts';

const tensor = (shape: readonly number[], ...values: number[]): HostTensor => ({
  shape,
  values: Float32Array.from(values),
});
const source: HostTensors = new Map([
  ['a', tensor([2, 3], 1, -2, 3, 4, 5, -6)],
  ['b', tensor([2, 3], 0.5, 7, 1, -1, 2, 8)],
  ['c', tensor([3, 2], 3, 1, -4, 1, 5, 9)],
  ['v', tensor([3], 1, 2, -3)],
]);
const fresh = freshParameter({ std: 1, positions: 'random' }, 3);

const units = { name: 'units', rows: 3, index: [0, 1, 2, 1], rate: 1 };
const layers = { name: 'layers', rows: 2, index: [0, 1, 0], rate: 1 };

const every: readonly (readonly [string, Expression])[] = [
  ['copy', copy('a')],
  ['take of rows', take(copy('a'), 0, [1, 1, 0])],
  ['take of columns', take(copy('a'), 1, [2, 0, 2, 1])],
  ['take of a vector', take(copy('v'), 0, [2, 2, 0])],
  ['scale', scale(copy('v'), -0.5)],
  ['scale along columns', scaleAxis(copy('a'), 1, [1, 0, 2])],
  ['concat', concat(0, [copy('a'), fill(9, [1, 3])])],
  ['fill', fill(2, [2, 2])],
  ['matmul', matmul(copy('a'), copy('c'))],
  ['block-diagonal', blockDiagonal(copy('a'), 3)],
  ['mean', mean(copy('a'), 0)],
  ['noise on rows', noise(copy('c'), 0, [4, 7, 4], 0.3)],
  ['noise on columns', noise(copy('a'), 1, [1, 1, 1], 0.3)],
  ['init', concat(0, [init('kernel', [1, 2]), init('kernel', [1, 2])])],
  ['map of rows', map(copy('c'), 0, units)],
  ['map of columns', map(copy('a'), 1, units)],
  ['map of a vector', map(copy('v'), 0, units)],
  ['mix', mix([copy('a'), copy('b')], layers, 2)],
];
/** Everything that learned numbers can go through. */
const nested: readonly (readonly [string, Expression])[] = [
  ['noise of a map', noise(map(copy('a'), 1, units), 1, [0, 1, 2, 1], 0.3)],
  ['take of a mix', take(mix([copy('a'), copy('b')], layers, 0), 1, [2, 0, 2])],
  ['map of a mix', scaleAxis(map(mix([copy('a'), copy('b')], layers, 1), 1, units), 1, [1, 0.5, 1, 0.5])],
  ['block-diagonal of a map', blockDiagonal(map(copy('c'), 0, units), 2)],
  ['matmul of maps', matmul(map(copy('a'), 1, units), map(copy('c'), 0, units))],
  ['concat and mean', mean(concat(0, [map(copy('b'), 1, units), scale(map(copy('a'), 1, units), 3)]), 0)],
];
const recipe: Recipe = new Map([...every, ...nested]);

/** Numbers for the learned matrices that are not those they start from. */
const learned: HostTensors = new Map(
  learnedMatrices(recipe).map(({ name, rows, index }) => [
    learnedName(name),
    { shape: [rows, index.length], values: fresh('kernel', name, [rows, index.length]) },
  ]),
);
const starting: HostTensors = new Map(
  learnedMatrices(recipe).map((matrix) => [
    learnedName(matrix.name),
    { shape: [matrix.rows, matrix.index.length], values: startOf(matrix) },
  ]),
);

function suite(open: () => Promise<Engine>): void {
  let engine: Engine;
  beforeAll(async () => {
    engine = await open();
  }, 60_000);

  async function carriedOut(made: Recipe, matrices: HostTensors): Promise<ReadonlyMap<string, Float32Array>> {
    const state = new Map([...source, ...drawsOf(made, source, fresh), ...matrices]);
    const step = (tensors: tf.NamedTensorMap) => ({ outputs: grownTensors(made, tensors) });
    const program = await engine.compile({ grow: { feeds: {}, step } }, state);
    const outputs = await program.run('grow', {});
    program.dispose();
    return outputs;
  }

  test('makes what plain arrays make, of every expression, as long as nothing is fitted', async () => {
    const got = await carriedOut(recipe, starting);
    const want = applyRecipe(recipe, source, fresh);
    for (const [name, { values }] of want) expect(furthest(got.get(name)!, values), name).toBeLessThan(1e-5);
    expect(got.size).toBe(every.length + nested.length);
  });

  test('sums slices by a learned matrix, and parts by its column', async () => {
    const matrices = new Map([
      [learnedName('units'), tensor([3, 4], 1, 0, 0, 2, 0, 1, 0, -1, 0, 0, 1, 10)],
      [learnedName('layers'), tensor([2, 3], 1, 0, 0.5, 0, 1, -2)],
    ]);
    const got = await carriedOut(recipe, matrices);
    expect(Array.from(got.get('map of columns')!)).toEqual([1, -2, 3, 34, 4, 5, -6, -57]);
    expect(Array.from(got.get('map of a vector')!)).toEqual([1, 2, -3, -30]);
    expect(Array.from(got.get('map of rows')!)).toEqual([3, 1, -4, 1, 5, 9, 60, 91]);
    // 0.5 a - 2 b
    expect(Array.from(got.get('mix')!)).toEqual([-0.5, -15, -0.5, 4, -1.5, -19]);
  });

  test('hands gradients on to learned matrices: those of finite differences', async () => {
    const state = new Map([...source, ...drawsOf(recipe, source, fresh), ...learned]);
    const names = [...learned.keys()];
    const objective = (tensors: tf.NamedTensorMap) => {
      const parts = Object.values(grownTensors(recipe, tensors)).map((made, index) => {
        const weights = Float32Array.from({ length: made.size }, (_, place) => Math.sin(index + 1.7 * place));
        return tf.sum(tf.mul(made, tf.tensor(weights, made.shape)));
      });
      return tf.addN(parts) as tf.Scalar;
    };
    const gradients = (tensors: tf.NamedTensorMap) => {
      const of = (...values: tf.Tensor[]) =>
        objective({ ...tensors, ...Object.fromEntries(values.map((value, index) => [names[index]!, value])) });
      const found = tf.grads(of)(names.map((name) => tensors[name]!));
      return Object.fromEntries(found.map((gradient, index) => [names[index]!, gradient]));
    };
    const feeds = Object.fromEntries(
      [...learned].map(([name, { shape }]) => [name, { dtype: 'float32', shape } as const]),
    );
    const functions = {
      value: {
        feeds,
        step: (tensors: tf.NamedTensorMap, fed: tf.NamedTensorMap) => ({
          outputs: { value: objective({ ...tensors, ...fed }) },
        }),
      },
      gradients: { feeds: {}, step: (tensors: tf.NamedTensorMap) => ({ outputs: gradients(tensors) }) },
    };
    const program = await engine.compile(functions, state);
    const valueAt = async (name: string, place: number, by: number): Promise<number> => {
      const fed = Object.fromEntries([...learned].map(([other, { values }]) => [other, values]));
      const moved = fed[name]!.with(place, fed[name]![place]! + by);
      return (await program.run('value', { ...fed, [name]: moved })).get('value')![0]!;
    };
    const found = await program.run('gradients', {});
    for (const name of names) {
      for (const [place, gradient] of found.get(name)!.entries()) {
        const difference = ((await valueAt(name, place, 0.01)) - (await valueAt(name, place, -0.01))) / 0.02;
        expect(Math.abs(gradient - difference), `${name} ${place}`).toBeLessThan(
          0.01 * Math.max(1, Math.abs(difference)),
        );
      }
    }
    program.dispose();
  });
}

const furthest = (got: Float32Array, want: Float32Array): number =>
  Math.max(got.length === want.length ? 0 : Infinity, ...want.map((value, index) => Math.abs(value - got[index]!)));

describe('a recipe in tensor operations on WebAssembly', () => {
  suite(openWasm);
});

describeInstalled('a recipe in tensor operations on TensorFlow', () => {
  suite(() => Promise.resolve(installedEngine()));
});
