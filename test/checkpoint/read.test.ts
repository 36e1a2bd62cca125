import { beforeAll, describe, expect, test } from 'vitest';
import { readCheckpoint } from '../../src/checkpoint/read.ts';
import { openEngine } from '../../src/engine/choose.ts';
import { layout } from '../../src/growth/layout.ts';
import { stack } from '../../src/growth/operators/stack.ts';
import { applyRecipe } from '../../src/train/grow.ts';
import { expected, fixture, hiddenError, logitError, pairError } from './oracle.ts';

beforeAll(() => openEngine('wasm'));

const draw = () => {
  throw new Error('nothing is to be drawn');
};

describe('what transformers saved computes here what it computes there', () => {
  test('BertForMaskedLM: every parameter, and logits', async () => {
    const { shape, parameters, missing, leftOut } = await readCheckpoint(fixture('bert'));
    expect([...parameters.keys()]).toEqual(layout(shape).map(({ name }) => name));
    expect([missing, leftOut]).toEqual([[], []]);
    expect(shape).toMatchObject({ layers: 6, hidden: 12, heads: 3, ffn: 24, vocab: 60, positions: 16, norm: 'post' });
    expect(logitError(shape, parameters, expected.bert)).toBeLessThan(1e-4);
  });

  test('grown from 6 to 12 layers by stack, as torch.nn.ModuleList repeats them', async () => {
    const { shape, parameters } = await readCheckpoint(fixture('bert'));
    const grown = { ...shape, layers: 12 };
    const state = applyRecipe(stack.grow(shape, grown, { layers: 6 }), parameters, draw);
    expect(logitError(grown, state, expected.stacked)).toBeLessThan(1e-4);
    expect(logitError(shape, parameters, expected.stacked)).toBeGreaterThan(1e-2);
  });

  test.each([
    ['of 2018 in half precision', 'old'],
    ['of today', 'pairs'],
  ] as const)('BertForPreTraining %s, next-sentence head and all', async (_, name) => {
    const { shape, parameters, missing, leftOut } = await readCheckpoint(fixture(name));
    expect(shape.nextSentence).toBe(true);
    expect([...parameters.keys()]).toEqual(layout(shape).map((parameter) => parameter.name));
    expect(logitError(shape, parameters, expected[name])).toBeLessThan(1e-4);
    expect(pairError(shape, parameters, expected[`${name}NextSentence`])).toBeLessThan(1e-4);
    expect([missing, leftOut]).toEqual([[], []]);
  });

  test('BertModel in bfloat16: hidden states, and no head that the file does not have', async () => {
    const { shape, parameters, missing, leftOut, pooler } = await readCheckpoint(fixture('brain'));
    expect(hiddenError(shape, parameters, expected.brain)).toBeLessThan(1e-4);
    expect(missing).toEqual(layout(shape).flatMap(({ name }) => (name.startsWith('masked_lm/') ? [name] : [])));
    expect(missing.some((name) => parameters.has(name))).toBe(false);
    expect(shape.nextSentence).toBeUndefined();
    // No head reads the pooler here, but tasks do.
    expect([[...pooler.keys()], leftOut]).toEqual([['pooler/kernel', 'pooler/bias'], []]);
  });
});
