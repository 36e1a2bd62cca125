import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Engine, FeedSpec, HostTensors } from '../../src/engine/engine.ts';
import { layout } from '../../src/growth/layout.ts';
import { freshMoments, trainedAs } from '../../src/train/adamw.ts';
import { visibleRows } from '../../src/train/masked-batch.ts';
import { maskedLmLogits, maskedLmLoss } from '../../src/train/masked-lm.ts';
import { scalarOutput, stepFeeds, trainingStep } from '../../src/train/training-step.ts';
import {
  BATCH,
  flatRows,
  oracleInput,
  oracleShape,
  oracleWeights,
  RANK,
  readOracle,
  relativeError,
  unpack,
  WINDOW,
  type OracleBatch,
  type OracleCase,
  type OracleTraining,
} from './oracle.ts';
import { openTestEngine } from '../engine/engines.ts';
import { toTensors } from './to-tensors.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await openTestEngine();
});

let before = 0;
beforeEach(() => {
  before = tf.memory().numTensors;
});
afterEach(() => {
  expect(tf.memory().numTensors, 'leaked tensors').toBe(before);
});

const mean = { how: 'mean', window: WINDOW } as const;
const cases = [
  ['post', oracleShape('post'), 'transformers BertForMaskedLM'],
  ['pre', oracleShape('pre'), 'torch.nn.TransformerEncoderLayer'],
  ['post-pooled', oracleShape('post', { pool: mean }), 'a token by token PyTorch model'],
  ['pre-pooled', oracleShape('pre', { pool: mean }), 'a token by token PyTorch model'],
  ['post-max-pooled', oracleShape('post', { pool: { how: 'max', window: WINDOW } }), 'a token by token PyTorch model'],
  ['pre-concat-pooled', oracleShape('pre', { pool: { how: 'concat', window: WINDOW } }), 'the same'],
  ['post-shared', oracleShape('post', { scoreGroup: 2 }), 'PyTorch attention, its weights handed on'],
  ['pre-shared-pooled', oracleShape('pre', { scoreGroup: 2, pool: mean }), 'the same under pooling'],
  ['pre-factorized', oracleShape('pre', { ffnRank: RANK }), 'a PyTorch model with its factors multiplied out'],
] as const;

describe.each(cases)('%s', (name, shape, oracle) => {
  const { batch, logits, loss, gradients } = readOracle(name) as OracleCase;

  test(`logits and loss are those of ${oracle}`, () => {
    tf.tidy(() => {
      const state = toTensors(oracleWeights());
      const got = maskedLmLogits(state, shape, oracleInput(batch), null).dataSync();
      const furthest = Math.max(...logits.map((want, index) => Math.abs(got[index]! - want)));
      expect(furthest).toBeLessThan(1e-4);
      const labels = tf.tensor1d([...batch.labels], 'int32');
      expect(maskedLmLoss(state, shape, oracleInput(batch), labels, null).dataSync()[0]).toBeCloseTo(loss, 5);
    });
  });

  test(`gradients are those of ${oracle}`, () => {
    const errors = tf.tidy(() => {
      const names = layout(shape).map((parameter) => parameter.name);
      const state = toTensors(oracleWeights());
      const labels = tf.tensor1d([...batch.labels], 'int32');
      const objective = (...tensors: tf.Tensor[]) =>
        maskedLmLoss(
          Object.fromEntries(tensors.map((tensor, index) => [names[index]!, tensor])),
          shape,
          oracleInput(batch),
          labels,
          null,
        );
      const got = tf.grads(objective)(names.map((parameter) => state[parameter]!));
      const want = unpack(gradients);
      // A key bias shifts all scores of a query alike, so its true gradient is 0: 1e-4 is what rounding may leave.
      return names.map((parameter, index) => [
        parameter,
        relativeError(got[index]!.dataSync(), want.get(parameter)!.values, parameter.endsWith('key/bias') ? 1e-2 : 0),
      ]);
    });
    expect(errors.filter(([, error]) => !(Number(error) < 1e-3))).toEqual([]);
  });
});

test('ten steps of AdamW are those of torch.optim.AdamW on BertForMaskedLM', async () => {
  const { settings, rates, losses, norms, batches, parameters } = readOracle('adamw') as OracleTraining;
  const shape = oracleShape('post');
  const trained = layout(shape).map(({ name, kind }) => trainedAs(name, kind));
  const weights: HostTensors = new Map(trained.map(({ name }) => [name, oracleWeights().get(name)!]));
  const program = await engine.compile(
    {
      train: trainingStep({
        trained,
        feeds: feedsOf(batches[0]!),
        loss: (state, fed, dropout) => {
          const { ids, segments, mask, masked, visible } = fed as Readonly<Record<string, tf.Tensor1D>>;
          const sequences = { batch: BATCH, length: shape.length, ids: ids!, segments: segments!, mask: mask! };
          const input = { ...sequences, masking: { masked: masked!, visible: visible! } };
          return maskedLmLoss(state, shape, input, fed['labels'] as tf.Tensor1D, dropout);
        },
        dropout: 0,
        clip: settings.clip,
      }),
    },
    new Map([...weights, ...freshMoments(weights)]),
  );
  for (const [step, batch] of batches.entries()) {
    const outputs = await program.run('train', {
      ...plainFeeds(batch),
      ...stepFeeds({ rate: rates[step]!, decay: settings.decay, update: step + 1, seed: 0, step }),
    });
    expect(scalarOutput(outputs, 'loss'), `loss of step ${step}`).toBeCloseTo(losses[step]!, 4);
    expect(scalarOutput(outputs, 'gradientNorm') / norms[step]!, `norm of step ${step}`).toBeCloseTo(1, 3);
  }
  const state = await program.read();
  const errors = [...unpack(parameters)].map(([name, want]) => {
    const moved = want.values.map((value, index) => value - weights.get(name)!.values[index]!);
    const got = state.get(name)!.values.map((value, index) => value - weights.get(name)!.values[index]!);
    return [name, relativeError(got, moved)] as const;
  });
  // Adam divides a key bias's rounding errors by their own size: its direction is noise (its true gradient is 0).
  const exact = errors.filter(([name]) => !name.endsWith('key/bias'));
  expect(exact.filter(([, error]) => !(error < 1e-2))).toEqual([]);
  program.dispose();
});

function plainFeeds(batch: OracleBatch): Record<string, Int32Array> {
  const { ids, segments, mask, labels } = batch;
  const tokens = Object.entries({ ids, segments, mask, labels }).map(([name, values]) => [
    name,
    Int32Array.from(values),
  ]);
  const masked = flatRows(batch);
  const visible = visibleRows(masked, ids.length);
  return { ...(Object.fromEntries(tokens) as Record<string, Int32Array>), masked, visible };
}

const feedsOf = (batch: OracleBatch): Record<string, FeedSpec> =>
  Object.fromEntries(
    Object.entries(plainFeeds(batch)).map(([name, values]) => [name, { dtype: 'int32', shape: [values.length] }]),
  );
