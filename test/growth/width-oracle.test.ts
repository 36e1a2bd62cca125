import { readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { openWasm } from '../../src/engine/wasm.ts';
import { UNREDUCED, type ModelShape } from '../../src/growth/layout.ts';
import { widthDouble } from '../../src/growth/operators/width-double.ts';
import { applyRecipe } from '../../src/train/grow.ts';
import { visibleRows } from '../../src/train/masked-batch.ts';
import { maskedLmLogits } from '../../src/train/masked-lm.ts';
import { unpack } from '../train/oracle.ts';
import { fresh, largestDifference } from './small-bert.ts';
import { toTensors } from '../train/to-tensors.ts';

interface Bert {
  readonly weights: Parameters<typeof unpack>[0];
  readonly logits: readonly number[];
}

/** What test/oracle/width.py wrote. */
const oracle = JSON.parse(readFileSync(new URL('../fixtures/width.json', import.meta.url), 'utf8')) as {
  readonly shape: Pick<ModelShape, 'layers' | 'hidden' | 'heads' | 'ffn' | 'vocab' | 'positions' | 'length'>;
  readonly ids: readonly number[];
  readonly masked: readonly (readonly number[])[];
  readonly small: Bert;
  readonly doubled: Bert;
};
const small: ModelShape = { ...oracle.shape, ...UNREDUCED, norm: 'post' };
const large: ModelShape = { ...small, hidden: 2 * small.hidden, heads: 2 * small.heads, ffn: 2 * small.ffn };

beforeAll(async () => {
  await openWasm();
});

test('width-double makes the weights that staged training makes, number by number', () => {
  const made = applyRecipe(widthDouble.grow(small, large, { hidden: 4 }), unpack(oracle.small.weights), fresh);
  expect(new Map([...made].sort())).toEqual(new Map([...unpack(oracle.doubled.weights)].sort()));
});

test.each([
  ['small', small, oracle.small],
  ['doubled', large, oracle.doubled],
] as const)('the %s model has the logits that transformers computes', (_, shape, { weights, logits }) => {
  const batch = oracle.masked.length;
  const masked = Int32Array.from(
    oracle.masked.flatMap((places, row) => places.map((place) => row * shape.length + place)),
  );
  const got = tf.tidy(() => {
    const input = {
      ...{ batch, length: shape.length, segments: null, mask: null },
      ids: tf.tensor1d([...oracle.ids], 'int32'),
      masking: {
        masked: tf.tensor1d(masked, 'int32'),
        visible: tf.tensor1d(visibleRows(masked, oracle.ids.length), 'int32'),
      },
    };
    return maskedLmLogits(toTensors(unpack(weights)), shape, input, null).dataSync();
  });
  expect(largestDifference(logits, got)).toBeLessThan(1e-5);
  expect(largestDifference(oracle.small.logits, oracle.doubled.logits)).toBeLessThan(1e-5);
});
