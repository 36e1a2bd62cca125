import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import type { HostTensors } from '../../src/engine/engine.ts';
import { openWasm } from '../../src/engine/wasm.ts';
import type { ModelShape } from '../../src/growth/layout.ts';
import { identity } from '../../src/growth/operators/identity.ts';
import { applyRecipe } from '../../src/train/grow.ts';
import { freshParameter } from '../../src/train/init.ts';
import { maskedLmLogits } from '../../src/train/masked-lm.ts';
import { oracleInput, oracleShape, oracleWeights, readOracle, type OracleCase } from '../train/oracle.ts';
import { toTensors } from '../train/to-tensors.ts';

beforeAll(async () => {
  await openWasm();
});

const small = oracleShape('post');
const { batch } = readOracle('post') as OracleCase;
const fresh = freshParameter({ std: 0.3, positions: 'random' }, 1);

const logits = (parameters: HostTensors, shape: ModelShape) =>
  maskedLmLogits(toTensors(parameters), shape, oracleInput(batch), null);

/** The largest change of a logit as a post-norm model grows from 2 to 5 layers, its top norm's numbers replaced. */
function change(gain: (unit: number) => number, bias: number): number {
  const before = new Map(oracleWeights());
  const top = (leaf: string) => before.get(`layer_1/ffn_norm/${leaf}`)!;
  before.set('layer_1/ffn_norm/gain', { ...top('gain'), values: top('gain').values.map((_, unit) => gain(unit)) });
  before.set('layer_1/ffn_norm/bias', { ...top('bias'), values: top('bias').values.fill(bias) });
  const grown = { ...small, layers: 5 };
  return tf.tidy(() => {
    const after = applyRecipe(identity.grow(small, grown, { layers: 2 }), before, fresh);
    return tf.max(tf.abs(tf.sub(logits(before, small), logits(after, grown)))).dataSync()[0]!;
  });
}

test('in post-norm, identity is exact where the gains of the norm on top are alike and its biases 0', () => {
  expect(change(() => 1.7, 0)).toBeLessThan(1e-4);
});

test('in post-norm, identity is not exact otherwise', () => {
  expect(change((unit) => 1 + unit / 32, 0)).toBeGreaterThan(1e-2);
});
