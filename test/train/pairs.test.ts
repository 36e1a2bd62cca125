import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Engine, Feeds, HostTensors, Tensors } from '../../src/engine/engine.ts';
import { layout } from '../../src/growth/layout.ts';
import type { Settings } from '../../src/run/spec.ts';
import { maskedLmEvaluation, maskedLmObjective, visibleRows } from '../../src/train/masked-batch.ts';
import { scalarOutput } from '../../src/train/training-step.ts';
import { openTestEngine } from '../engine/engines.ts';
import {
  BATCH,
  flatRows,
  oracleShape,
  oracleWeights,
  readOracle,
  relativeError,
  unpack,
  WINDOW,
  type OracleBatch,
  type Packed,
} from './oracle.ts';
import { tinySettings } from './tiny.ts';
import { toTensors } from './to-tensors.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await openTestEngine();
});

/** What test/oracle/pairs.py wrote. */
interface PairsCase {
  readonly batch: OracleBatch & Readonly<Record<'weights' | 'continuations', readonly number[]>>;
  readonly maskedLm: number;
  readonly nextSentence: readonly number[];
  readonly loss: number;
  readonly gradients: Readonly<Record<string, Packed>>;
}

const weights = (): HostTensors =>
  new Map([...oracleWeights(), ...unpack(readOracle('pairs-weights') as Readonly<Record<string, Packed>>)]);

const settings = (): Settings => {
  const tiny = tinySettings();
  return {
    ...tiny,
    data: { ...tiny.data, mask: 0.25, pairs: 'nsp' },
    train: { ...tiny.train, batch: BATCH },
  };
};

function feedsOf(batch: PairsCase['batch']): Feeds {
  const { ids, segments, mask, labels, continuations } = batch;
  const columns = Object.entries({ ids, segments, mask, labels, continuations });
  const integers = columns.map(([name, values]) => [name, Int32Array.from(values)] as const);
  const masked = flatRows(batch);
  return {
    ...Object.fromEntries(integers),
    masked,
    visible: visibleRows(masked, ids.length),
    weights: Float32Array.from(batch.weights),
  };
}

const fedOf = (feeds: Feeds): Tensors =>
  Object.fromEntries(
    Object.entries(feeds).map(([name, values]) => [
      name,
      tf.tensor1d(values, values instanceof Int32Array ? 'int32' : 'float32'),
    ]),
  );

const withHead = { nextSentence: true } as const;
const cases = [
  ['pairs-post', oracleShape('post'), 'transformers BertForPreTraining'],
  ['pairs-pre', oracleShape('pre'), 'a token by token PyTorch model'],
  ['pairs-post-pooled', oracleShape('post', { pool: { how: 'mean', window: WINDOW } }), 'the same'],
  ['pairs-pre-concat-pooled', oracleShape('pre', { pool: { how: 'concat', window: WINDOW } }), 'the same'],
] as const;

describe.each(cases)('%s', (name, plain, oracle) => {
  const shape = { ...plain, ...withHead };
  const { batch, maskedLm, nextSentence, loss, gradients } = readOracle(name) as PairsCase;

  test(`both heads' outputs are those of ${oracle}, a short pair and all`, async () => {
    expect(batch.weights.filter((weight) => weight === 0)).toHaveLength(1);
    const program = await engine.compile({ evaluate: maskedLmEvaluation(shape, settings()) }, weights());
    const outputs = await program.run('evaluate', feedsOf(batch));
    program.dispose();
    expect(scalarOutput(outputs, 'loss')).toBeCloseTo(maskedLm, 5);
    expect(relativeError(outputs.get('nextSentence')!, nextSentence)).toBeLessThan(1e-4);
  });

  test(`the loss and its gradients are those of ${oracle}`, () => {
    const errors = tf.tidy(() => {
      const names = layout(shape).map((parameter) => parameter.name);
      const state = toTensors(weights());
      const fed = fedOf(feedsOf(batch));
      const { loss: lossOf } = maskedLmObjective(shape, settings());
      const objective = (...tensors: tf.Tensor[]) =>
        lossOf(Object.fromEntries(tensors.map((tensor, index) => [names[index]!, tensor])), fed, null);
      const { value, grads } = tf.valueAndGrads(objective)(names.map((parameter) => state[parameter]!));
      expect(value.dataSync()[0]).toBeCloseTo(loss, 5);
      const want = unpack(gradients);
      // A key bias shifts all scores of a query alike, so its true gradient is 0: 1e-4 is what rounding may leave.
      return names.map((parameter, index) => [
        parameter,
        relativeError(grads[index]!.dataSync(), want.get(parameter)!.values, parameter.endsWith('key/bias') ? 1e-2 : 0),
      ]);
    });
    expect(errors.filter(([, error]) => !(Number(error) < 1e-3))).toEqual([]);
  });
});
