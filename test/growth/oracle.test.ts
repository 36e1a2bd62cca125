import { readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { openWasm } from '../../src/engine/wasm.ts';
import { layout, type ModelShape } from '../../src/growth/layout.ts';
import type { OperatorSettings } from '../../src/growth/operator.ts';
import { operators } from '../../src/growth/operators/index.ts';
import { applyRecipe } from '../../src/train/grow.ts';
import { freshParameter } from '../../src/train/init.ts';
import { maskedLmLogits } from '../../src/train/masked-lm.ts';
import {
  oracleInput,
  oracleShape,
  oracleWeights,
  RANK,
  relativeError,
  unpack,
  type OracleBatch,
  type Packed,
} from '../train/oracle.ts';
import { toTensors } from '../train/to-tensors.ts';

interface Grown {
  readonly logits: readonly number[];
  readonly weights?: Readonly<Record<string, Packed>>;
}

// Grown in PyTorch, as released code grows, and run by transformers (test/oracle/growth.py).
const { batch, grown } = JSON.parse(
  readFileSync(new URL('../fixtures/growth/grown.json', import.meta.url), 'utf8'),
) as { readonly batch: OracleBatch; readonly grown: Readonly<Record<string, Grown>> };

const fresh = freshParameter({ std: 0.02, positions: 'random' }, 1);
const small = oracleShape('post');

/** The oracle's small model, grown to `target` by our operator. */
function growTo(target: ModelShape, name: string, settings: OperatorSettings) {
  const operator = operators.find((one) => one.name === name)!;
  const from = operator.shrink(target, settings);
  const weights = oracleWeights();
  const own = new Map(layout(from).map((parameter) => [parameter.name, weights.get(parameter.name)!]));
  return applyRecipe(operator.grow(from, target, settings), own, fresh);
}

beforeAll(async () => {
  await openWasm();
});

describe('a grown model computes what transformers computes with weights grown as published', () => {
  test.each<[string, string, ModelShape, OperatorSettings]>([
    ['stack-4', 'stack', { ...small, layers: 4 }, { layers: 2 }],
    ['stack-5', 'stack', { ...small, layers: 5 }, { layers: 2 }],
    ['interleave-4', 'interleave', { ...small, layers: 4 }, { layers: 2 }],
    ['interleave-5', 'interleave', { ...small, layers: 5 }, { layers: 2 }],
    ['ffn-share', 'ffn-share', { ...small, ffn: 3 * small.ffn }, { factor: 3 }],
    ['share-attention', 'share-attention', small, { layers: 2 }],
    ['ffn-factorize', 'ffn-factorize', small, { rank: RANK }],
  ])('%s', (key, name, target, settings) => {
    tf.tidy(() => {
      const state = toTensors(growTo(target, name, settings));
      const got = maskedLmLogits(state, target, oracleInput(batch), null).dataSync();
      expect(relativeError(got, grown[key]!.logits)).toBeLessThan(1e-4);
    });
  });

  test('ffn-share lays the copies out one small FFN after another', () => {
    const ours = growTo({ ...small, ffn: 3 * small.ffn }, 'ffn-share', { factor: 3 });
    for (const [name, { shape, values }] of unpack(grown['ffn-share']!.weights!)) {
      expect(ours.get(name)!.shape).toEqual(shape);
      expect(relativeError(ours.get(name)!.values, values)).toBeLessThan(1e-6);
    }
  });
});
