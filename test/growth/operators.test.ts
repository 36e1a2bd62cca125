import { describe, expect, test } from 'vitest';
import { UNREDUCED, type ModelShape } from '../../src/growth/layout.ts';
import { concatPool } from '../../src/growth/operators/concat-pool.ts';
import { ffnFactorize } from '../../src/growth/operators/ffn-factorize.ts';
import { ffnNet2net } from '../../src/growth/operators/ffn-net2net.ts';
import { ffnShare } from '../../src/growth/operators/ffn-share.ts';
import { identity } from '../../src/growth/operators/identity.ts';
import { interleave } from '../../src/growth/operators/interleave.ts';
import { shareAttention } from '../../src/growth/operators/share-attention.ts';
import { stack } from '../../src/growth/operators/stack.ts';
import { copy, type Expression, type Recipe } from '../../src/growth/recipe.ts';
import { forwardFlops } from '../../src/growth/flops.ts';

const target: ModelShape = {
  ...{ layers: 12, hidden: 8, heads: 2, ffn: 32, vocab: 11, positions: 12, norm: 'post', length: 12 },
  ...UNREDUCED,
};
const sourceOf = (recipe: Recipe, name: string): string | undefined => {
  const expression = recipe.get(name);
  return expression?.op === 'copy' ? expression.from : undefined;
};
const layersOf = (recipe: Recipe, leaf: string): (string | undefined)[] =>
  Array.from({ length: target.layers }, (_, layer) => sourceOf(recipe, `layer_${layer}/${leaf}`)?.split('/')[0]);
const layers = (...numbers: number[]) => numbers.map((layer) => `layer_${layer}`);

describe('depth', () => {
  test('interleave repeats each layer in place, as evenly as can be', () => {
    expect(layersOf(interleave.grow({ ...target, layers: 5 }, target, {}), 'value/kernel')).toEqual(
      layers(0, 0, 0, 1, 1, 2, 2, 2, 3, 3, 4, 4),
    );
  });

  test('a copy that gets scores of its own takes them from the layer whose scores its model layer used', () => {
    const whole = { ...target, scoreGroup: 2 };
    const recipe = stack.grow({ ...whole, layers: 3 }, whole, {});
    // Layer 4 is a copy of layer 1, which uses the scores of layer 0.
    expect(sourceOf(recipe, 'layer_4/value/kernel')).toBe('layer_1/value/kernel');
    expect(sourceOf(recipe, 'layer_4/query/kernel')).toBe('layer_0/query/kernel');
    expect(recipe.has('layer_5/query/kernel')).toBe(false);
  });

  test('identity ends both branches of a new layer in 0, factorized or not', () => {
    const zero = (recipe: Recipe, leaf: string) => recipe.get(`layer_11/${leaf}`);
    const plain = identity.grow({ ...target, layers: 3 }, target, {});
    for (const leaf of ['attention_output/kernel', 'attention_output/bias', 'ffn_output/kernel', 'ffn_output/bias']) {
      expect(zero(plain, leaf)).toMatchObject({ op: 'fill', value: 0 });
    }
    const thin = { ...target, ffnRank: 2 };
    const factorized = identity.grow({ ...thin, layers: 3 }, thin, {});
    expect(zero(factorized, 'ffn_output/right')).toMatchObject({ op: 'fill', value: 0 });
    // Were both factors 0, neither would ever have a gradient.
    expect(zero(factorized, 'ffn_output/left')).toMatchObject({ op: 'init' });
  });
});

describe('attention', () => {
  test('layers that get their scores back take query and key from the layer that lent them, and nothing else', () => {
    const recipe = shareAttention.grow({ ...target, scoreGroup: 4 }, target, {});
    expect(layersOf(recipe, 'query/kernel')).toEqual(layers(0, 0, 0, 0, 4, 4, 4, 4, 8, 8, 8, 8));
    expect(layersOf(recipe, 'value/kernel')).toEqual(layers(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11));
  });

  test('lists one size for each number of layers with scores', () => {
    // 12 layers in groups of 2, 3, 4, 6 and 12; 5 makes three groups too, as 4 does, and 7 to 11 two, as 6 does.
    expect(shareAttention.sizes(target)).toEqual([2, 3, 4, 6, 12]);
  });
});

describe('FFN', () => {
  test.each([4, 2])('factors of rank d·f / (k·(d + f)) cost what 1/%i of the units do', (k) => {
    const { hidden, ffn } = { hidden: 10, ffn: 40 };
    const whole = { ...target, hidden, ffn };
    const factorized = ffnFactorize.shrink(whole, { rank: (hidden * ffn) / (k * (hidden + ffn)) });
    expect(forwardFlops(factorized, 2)).toBe(forwardFlops(ffnShare.shrink(whole, { factor: k }), 2));
  });

  const unitsOf = (recipe: Recipe, layer: number): readonly number[] => {
    const bias = recipe.get(`layer_${layer}/ffn_input/bias`) as Extract<Expression, { op: 'take' }>;
    return bias.index;
  };

  test('net2net keeps the trained units and copies some of them, others in every layer and for every seed', () => {
    const small = { ...target, ffn: 20 };
    const [one, other] = [0, 1].map((seed) => ffnNet2net.grow(small, target, { units: 20, seed }));
    const units = unitsOf(one!, 0);
    expect(units.slice(0, 20)).toEqual(Array.from({ length: 20 }, (_, unit) => unit));
    expect(units.every((unit) => Number.isInteger(unit) && unit >= 0 && unit < 20)).toBe(true);
    expect(unitsOf(one!, 1)).not.toEqual(units);
    expect(unitsOf(other!, 0)).not.toEqual(units);
    expect(unitsOf(ffnNet2net.grow(small, target, { units: 20, seed: 0 }), 0)).toEqual(units);
  });

  test('net2net chooses every unit about as often as any other', () => {
    const wide = { ...target, ffn: 4010 };
    const units = unitsOf(ffnNet2net.grow({ ...target, ffn: 10 }, wide, { units: 10 }), 3).slice(10);
    const counts = Array.from({ length: 10 }, (_, unit) => units.filter((chosen) => chosen === unit).length);
    // χ² with 9 degrees of freedom is above 27.9 once in a thousand.
    expect(counts.reduce((sum, count) => sum + (count - 400) ** 2 / 400, 0)).toBeLessThan(27.9);
  });
});

describe('concat-pool', () => {
  const pooled = (window: number): ModelShape => ({ ...target, pool: { how: 'concat', window } });

  test('drops its projection at the end', () => {
    const recipe = concatPool.grow(pooled(4), target, {});
    expect(recipe.has('pool/kernel')).toBe(false);
    expect(recipe.get('layer_0/query/kernel')).toEqual(copy('layer_0/query/kernel'));
  });

  test('projects each token of a shorter window by the matrix of its place in the longer one', () => {
    const kernel = concatPool.grow(pooled(4), pooled(2), {}).get('pool/kernel') as Extract<Expression, { op: 'take' }>;
    // Places 0 and 1 of two are places 0 and 2 of four; a place has 8 rows.
    expect(kernel.index).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23]);
  });
});
