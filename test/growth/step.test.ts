import { describe, expect, test } from 'vitest';
import { UserError } from '../../src/errors.ts';
import { UNREDUCED, type ModelShape } from '../../src/growth/layout.ts';
import { checkRecipe } from '../../src/growth/recipe.ts';
import type { Sizes } from '../../src/growth/sizes.ts';
import { growthStep } from '../../src/growth/step.ts';

const from: ModelShape = {
  ...{ layers: 6, hidden: 12, heads: 3, ffn: 24, vocab: 60, positions: 16, norm: 'post', length: 16 },
  ...UNREDUCED,
};

describe('a growth of a finished model', () => {
  test('in depth copies layer i mod L', () => {
    const { to, recipe, operators } = growthStep(from, ['stack'], { layers: 12 });
    expect(to).toEqual({ ...from, layers: 12 });
    expect(recipe.get('layer_10/value/bias')).toEqual({ op: 'copy', from: 'layer_4/value/bias' });
    expect(operators).toEqual([{ name: 'stack', keepsFunction: false }]);
  });

  test.each([[['stack', 'ffn-share']], [['ffn-share', 'stack']]])('in depth and width is one recipe: %s', (names) => {
    const { to, recipe, operators } = growthStep(from, names, { layers: 9, ffn: 72 });
    expect(to).toEqual({ ...from, layers: 9, ffn: 72 });
    checkRecipe(recipe, from, to);
    expect(operators.map(({ name }) => name)).toEqual(['stack', 'ffn-share']);
    expect(operators[1]!.keepsFunction).toBe(true);
    expect(recipe.get('layer_7/ffn_output/kernel')).toMatchObject({ op: 'scale', by: 1 / 3 });
  });
});

describe("what cannot be grown is the user's mistake, told in the operator's words", () => {
  test.each<[string[], Sizes, string]>([
    [['stak'], { layers: 12 }, 'there is no growth operator "stak"'],
    [['stack'], { layers: 6 }, "layers must be below the target's 6, got 6"],
    [['stack'], { layers: 3 }, "stack cannot grow layers from 6 to 3: layers must be below the target's 3, got 6"],
    [
      ['ffn-share'],
      { ffn: 25 },
      "ffn-share cannot grow ffn from 24 to 25: factor must divide the target's 25 FFN units",
    ],
    [['ffn-share'], { ffn: 12 }, 'ffn-share cannot grow ffn from 24 to 12'],
    [['ffn-share'], { ffn: 48, heads: 5 }, 'heads must divide the hidden size, got 5 and 12'],
    [['ffn-share'], { ffn: 48, heads: 6 }, 'ffn-share cannot grow heads from 3 to 6 and ffn from 24 to 48'],
    [['stack'], { layers: 12, ffn: 48 }, 'no operator that was named grows ffn'],
    [['stack', 'ffn-share'], { layers: 12 }, 'ffn-share has nothing to grow to'],
    [['stack', 'stack'], { layers: 12 }, 'stack and stack both grow the depth'],
    [['mean-pool'], {}, 'mean-pool grows the length, which is a way of training'],
  ])('%j to %j', (names, sizes, message) => {
    expect(() => growthStep(from, names, sizes)).toThrow(UserError);
    expect(() => growthStep(from, names, sizes)).toThrow(message);
  });
});
