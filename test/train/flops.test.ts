import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { forwardFlops, stageFlops } from '../../src/growth/flops.ts';
import { frozenFlops } from '../../src/growth/freeze-flops.ts';
import { UNREDUCED, isHead, layout, type ModelShape } from '../../src/growth/layout.ts';
import { growingFlops, learnedMatrices } from '../../src/growth/learned.ts';
import { ligoDepth } from '../../src/growth/operators/ligo-depth.ts';
import { ligoWidth } from '../../src/growth/operators/ligo-width.ts';
import { compose } from '../../src/growth/recipe.ts';
import { enteringState } from '../../src/train/entering.ts';
import { grownTensors, learnedName, startOf } from '../../src/train/grown-tensors.ts';
import { initialState } from '../../src/train/init.ts';
import { visibleRows } from '../../src/train/masked-batch.ts';
import { maskedLmLoss } from '../../src/train/masked-lm.ts';
import { pairLoss, pairOutputs } from '../../src/train/pair-loss.ts';
import { countFlops } from './count-flops.ts';
import { openTestEngine } from '../engine/engines.ts';
import { toTensors } from './to-tensors.ts';

beforeAll(async () => {
  await openTestEngine();
});

const plain: ModelShape = {
  ...{ layers: 3, hidden: 8, heads: 2, ffn: 20, vocab: 30, positions: 16, length: 12 },
  ...{ norm: 'post', ...UNREDUCED },
};
const shapes: readonly (readonly [string, ModelShape])[] = [
  ['plain', plain],
  ['pre-norm', { ...plain, norm: 'pre' }],
  ['one layer', { ...plain, layers: 1 }],
  ['pooled', { ...plain, pool: { how: 'mean', window: 2 } }],
  ['pooled with a short last window', { ...plain, norm: 'pre', pool: { how: 'mean', window: 3 } }],
  ['pooled in one layer', { ...plain, layers: 1, pool: { how: 'mean', window: 4 } }],
  ['max-pooled', { ...plain, pool: { how: 'max', window: 3 } }],
  ['concat-pooled', { ...plain, pool: { how: 'concat', window: 2 } }],
  ['concat-pooled with a short last window', { ...plain, norm: 'pre', pool: { how: 'concat', window: 4 } }],
  ['factorized', { ...plain, ffnRank: 3 }],
  ['score-sharing', { ...plain, scoreGroup: 2 }],
  ['score-sharing in all layers', { ...plain, norm: 'pre', scoreGroup: 3 }],
  ['pooled and score-sharing', { ...plain, scoreGroup: 2, pool: { how: 'mean', window: 3 } }],
  ['next-sentence', { ...plain, nextSentence: true }],
  ['pooled next-sentence', { ...plain, norm: 'pre', pool: { how: 'mean', window: 2 }, nextSentence: true }],
  [
    'concat-pooled, factorized and score-sharing',
    { ...plain, norm: 'pre', ffnRank: 4, scoreGroup: 2, pool: { how: 'concat', window: 3 } },
  ],
];
const BATCH = 2;
const MASKED = 3;

describe.each(shapes)('every matrix product of a %s model is in the formula', (_, shape) => {
  test('forward', async () => {
    expect(await countFlops(() => loss(shape))).toBe(BATCH * forwardFlops(shape, MASKED));
  });

  test('forward and backward: three times as many', async () => {
    const state = toTensors(initialState(shape, { std: 0.1, positions: 'random' }, 1));
    const names = layout(shape).map(({ name }) => name);
    const objective = (...tensors: tf.Tensor[]) =>
      loss(shape, Object.fromEntries(tensors.map((tensor, index) => [names[index]!, tensor])));
    const run = () => Object.values(tf.grads(objective)(names.map((name) => state[name]!)))[0]!;
    expect(await countFlops(run)).toBe(3 * BATCH * forwardFlops(shape, MASKED));
    tf.dispose(state);
  });
});

test('masks cost no matrix products', async () => {
  const from = { ...plain, layers: 2, hidden: 4, heads: 1, ffn: 9 };
  const state = toTensors(initialState(plain, { std: 0.1, positions: 'random' }, 1));
  const masked = () => loss(plain, enteringState(state, plain, { from, ramp: 2 }, tf.scalar(0.5)));
  expect(await countFlops(masked)).toBe(BATCH * forwardFlops(plain, MASKED));
  tf.dispose(state);
});

test('every matrix product of a fitting step is in the formula, those that make the grown model among them', async () => {
  const grow = (from: ModelShape, to: ModelShape) =>
    compose(
      ligoDepth.grow(from, { ...from, layers: to.layers }, {}),
      ligoWidth.grow({ ...from, layers: to.layers }, to, {}),
    );
  const small: ModelShape = { ...plain, layers: 2, hidden: 4, heads: 1, ffn: 10 };
  const recipe = grow(small, plain);
  const learned = Object.fromEntries(
    learnedMatrices(recipe).map((matrix) => [
      learnedName(matrix.name),
      tf.tensor(startOf(matrix), [matrix.rows, matrix.index.length]),
    ]),
  );
  const state = toTensors(initialState(small, { std: 0.1, positions: 'random' }, 1));
  const names = Object.keys(learned);
  const objective = (...tensors: tf.Tensor[]) =>
    loss(
      plain,
      grownTensors(recipe, {
        ...state,
        ...Object.fromEntries(tensors.map((tensor, index) => [names[index]!, tensor])),
      }),
    );
  const run = () => Object.values(tf.grads(objective)(Object.values(learned)))[0]!;
  expect(await countFlops(run)).toBe(stageFlops(plain, MASKED, BATCH, 1) + growingFlops(recipe, small));
  tf.dispose([state, learned]);
});

const three: readonly (readonly [string, ModelShape])[] = shapes.filter(([, { layers }]) => layers === 3);
describe.each(three)('every matrix product of a %s model that is frozen in part is in the formula', (_, shape) => {
  test.each([
    ['the upper two layers', [1, 2]],
    ['the last layer', [2]],
    ['a layer below a frozen one', [1]],
    ['the layers around a frozen one', [0, 2]],
  ])('where %s are trained', async (__, layers) => {
    const state = toTensors(initialState(shape, { std: 0.1, positions: 'random' }, 1));
    const trained = layout(shape).filter(
      (parameter) => isHead(parameter) || (parameter.layer !== null && layers.includes(parameter.layer)),
    );
    const names = trained.map(({ name }) => name);
    const objective = (...tensors: tf.Tensor[]) =>
      loss(shape, { ...state, ...Object.fromEntries(tensors.map((tensor, index) => [names[index]!, tensor])) });
    const run = () => tf.grads(objective)(names.map((name) => state[name]!))[0]!;
    const counted = await countFlops(run);
    expect(counted).toBe(BATCH * frozenFlops(shape, MASKED, layers));
    expect(counted).toBeLessThan(3 * BATCH * forwardFlops(shape, MASKED));
    tf.dispose(state);
  });
});

function loss(
  shape: ModelShape,
  state: Record<string, tf.Tensor> = toTensors(initialState(shape, { std: 0.1, positions: 'random' }, 1)),
): tf.Scalar {
  const ids = tf.tensor1d(
    Int32Array.from({ length: BATCH * shape.length }, (_, index) => index % shape.vocab),
    'int32',
  );
  const rows = Int32Array.of(1, 2, 5, 13, 18, 23);
  const masking = {
    masked: tf.tensor1d(rows, 'int32'),
    visible: tf.tensor1d(visibleRows(rows, BATCH * shape.length), 'int32'),
  };
  const labels = tf.tensor1d([5, 6, 7, 8, 9, 10], 'int32');
  const input = { batch: BATCH, length: shape.length, ids, segments: null, mask: null, masking };
  if (shape.nextSentence === undefined) return maskedLmLoss(state, shape, input, labels, null);
  const fed = {
    ...{ labels, weights: tf.ones([rows.length]), continuations: tf.tensor1d([0, 1], 'int32') },
    ...{ segments: tf.zeros([ids.size], 'int32'), mask: tf.ones([ids.size], 'int32') },
  };
  return pairLoss(pairOutputs(state, shape, input, fed, null), fed);
}
