import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { UNREDUCED, type ModelShape } from '../../src/growth/layout.ts';
import { momentRecipe } from '../../src/growth/moments.ts';
import { ffnShare } from '../../src/growth/operators/ffn-share.ts';
import { stack } from '../../src/growth/operators/stack.ts';
import {
  blockDiagonal,
  checkRecipe,
  compose,
  concat,
  copy,
  expressionDims,
  fill,
  identity,
  init,
  matmul,
  mean,
  noise,
  scale,
  scaleAxis,
  take,
  type Recipe,
} from '../../src/growth/recipe.ts';

const target: ModelShape = {
  layers: 4,
  hidden: 8,
  heads: 2,
  ffn: 16,
  vocab: 11,
  positions: 12,
  norm: 'post',
  length: 12,
  ...UNREDUCED,
};
const sources = new Map([
  ['a', [2, 3]],
  ['b', [3, 4]],
]);

describe('take', () => {
  test('of a take along the same axis is one take', () => {
    expect(take(take(copy('a'), 1, [2, 0]), 1, [1, 1, 0])).toEqual(take(copy('a'), 1, [0, 0, 2]));
  });

  test('slips under a scale along its axis, so that each slice keeps its factor', () => {
    expect(take(scaleAxis(copy('a'), 0, [5, 7]), 0, [1, 0, 1])).toEqual(
      scaleAxis(take(copy('a'), 0, [1, 0, 1]), 0, [7, 5, 7]),
    );
  });

  test('outside its axis is refused', () => {
    expect(() => expressionDims(take(copy('a'), 1, [3]), sources)).toThrow('index 3 is outside axis 1 of 3');
  });
});

test('slices of one thing end to end are one take', () => {
  const ends = [take(copy('a'), 1, [0, 1]), take(copy('a'), 1, [1])];
  expect(concat(1, ends)).toEqual(take(copy('a'), 1, [0, 1, 1]));
  expect(concat(0, ends).op).toBe('concat');
  expect(concat(1, [...ends, copy('a')]).op).toBe('concat');
  expect(concat(1, [...ends, take(copy('b'), 1, [0])]).op).toBe('concat');
});

test('noise of no size is no noise', () => {
  expect(noise(copy('a'), 0, [0, 0], 0)).toEqual(copy('a'));
});

describe('dims', () => {
  test.each([
    ['copy', copy('a'), [2, 3]],
    ['take', take(copy('a'), 0, [1, 1, 0, 0]), [4, 3]],
    ['scale', scale(copy('a'), 2), [2, 3]],
    ['concat', concat(0, [copy('a'), fill(0, [5, 3])]), [7, 3]],
    ['fill', fill(1, [6]), [6]],
    ['matmul', matmul(copy('a'), copy('b')), [2, 4]],
    ['init', init('kernel', [9, 9]), [9, 9]],
    ['mean', mean(copy('a'), 1), [2, 1]],
    ['noise', noise(copy('a'), 0, [0, 0], 0.5), [2, 3]],
    ['block-diagonal', blockDiagonal(copy('a'), 3), [6, 9]],
  ] as const)('of %s', (_, expression, want) => {
    expect(expressionDims(expression, sources)).toEqual(want);
  });

  test.each([
    ['concat of parts that differ elsewhere', concat(0, [copy('a'), copy('b')]), 'does not fit'],
    ['matmul of sizes that differ', matmul(copy('b'), copy('a')), 'matmul: [3, 4] times [2, 3]'],
    ['too few factors', scaleAxis(copy('a'), 1, [1, 2]), '2 factors for axis 1'],
    ['too few groups', noise(copy('a'), 1, [0, 0], 1), '2 groups for axis 1'],
    ['block-diagonal of what is no matrix', blockDiagonal(fill(1, [4]), 2), '[4] is not a matrix'],
    ['an unknown parameter', copy('c'), 'does not exist: c'],
  ] as const)('refuse %s', (_, expression, message) => {
    expect(() => expressionDims(expression, sources)).toThrow(message);
  });
});

describe('checkRecipe', () => {
  test('refuses a parameter that the target does not have', () => {
    const recipe: Recipe = new Map([...identity(target), ['extra', copy('embedding/tokens')]]);
    expect(() => {
      checkRecipe(recipe, target, target);
    }).toThrow('does not have: extra');
  });

  test('refuses a parameter of the wrong shape', () => {
    const recipe: Recipe = new Map([...identity(target), ['layer_0/ffn_input/bias', copy('layer_0/query/bias')]]);
    expect(() => {
      checkRecipe(recipe, target, target);
    }).toThrow('layer_0/ffn_input/bias makes [8], the target needs [16]');
  });
});

describe('stack', () => {
  test('sends grown layer i to trained layer i mod L', () => {
    const recipe = stack.grow({ ...target, layers: 3 }, { ...target, layers: 8 }, {});
    const origins = Array.from({ length: 8 }, (_, layer) => recipe.get(`layer_${layer}/query/kernel`));
    expect(origins).toEqual([0, 1, 2, 0, 1, 2, 0, 1].map((layer) => copy(`layer_${layer}/query/kernel`)));
  });
});

describe('ffn-share', () => {
  test('as in Gu et al.: kernels and biases tiled, outgoing kernel divided by the number of copies, bias kept', () => {
    const recipe = ffnShare.grow({ ...target, ffn: 4 }, { ...target, ffn: 8 }, {});
    const tiled = [0, 1, 2, 3, 0, 1, 2, 3];
    const name = (leaf: string) => `layer_0/${leaf}`;
    expect(recipe.get(name('ffn_input/kernel'))).toEqual(take(copy(name('ffn_input/kernel')), 1, tiled));
    expect(recipe.get(name('ffn_input/bias'))).toEqual(take(copy(name('ffn_input/bias')), 0, tiled));
    expect(recipe.get(name('ffn_output/kernel'))).toEqual(scale(take(copy(name('ffn_output/kernel')), 0, tiled), 0.5));
    expect(recipe.get(name('ffn_output/bias'))).toEqual(copy(name('ffn_output/bias')));
  });

  test('shares fairly where the copies are uneven', () => {
    const recipe = ffnShare.grow({ ...target, ffn: 2 }, { ...target, ffn: 3 }, {});
    const kernel = 'layer_0/ffn_output/kernel';
    expect(recipe.get(kernel)).toEqual(scaleAxis(take(copy(kernel), 0, [0, 1, 0]), 0, [0.5, 1, 0.5]));
  });
});

describe('compose', () => {
  test('makes of a mean, noise and blocks those of what they are made of', () => {
    const first: Recipe = new Map([['x', scale(copy('a'), 3)]]);
    const second: Recipe = new Map([
      ['mean', mean(copy('x'), 0)],
      ['noise', noise(copy('x'), 0, [0, 0], 0.5)],
      ['blocks', blockDiagonal(copy('x'), 2)],
    ]);
    const tripled = scale(copy('a'), 3);
    const composed = [mean(tripled, 0), noise(tripled, 0, [0, 0], 0.5), blockDiagonal(tripled, 2)];
    expect([...compose(first, second).values()]).toEqual(composed);
  });

  const sizes = fc.record({ layers: fc.integer({ min: 1, max: 4 }), ffn: fc.integer({ min: 1, max: 16 }) });

  test('grows depth and width in one step, in either order, to the same model', () => {
    fc.assert(
      fc.property(sizes, ({ layers, ffn }) => {
        const small = { ...target, layers, ffn };
        const wide = { ...target, layers };
        const deep = { ...target, ffn };
        const widthFirst = compose(ffnShare.grow(small, wide, {}), stack.grow(wide, target, {}));
        const depthFirst = compose(stack.grow(small, deep, {}), ffnShare.grow(deep, target, {}));
        checkRecipe(widthFirst, small, target);
        expect(widthFirst).toEqual(depthFirst);
      }),
    );
  });

  test('replaces copies at any depth of an expression', () => {
    const first: Recipe = new Map([['x', scale(copy('a'), 3)]]);
    const second: Recipe = new Map([['y', matmul(concat(0, [copy('x'), fill(0, [1, 3])]), copy('x'))]]);
    expect(compose(first, second).get('y')).toEqual(
      matmul(concat(0, [scale(copy('a'), 3), fill(0, [1, 3])]), scale(copy('a'), 3)),
    );
  });
});

describe('momentRecipe', () => {
  const from = { ...target, ffn: 4 };
  const recipe = ffnShare.grow(from, target, {});

  test('hands each of n copies 1/n of the incoming gradient and all of the outgoing one', () => {
    const first = momentRecipe(recipe, from, 1);
    const tiled = Array.from({ length: 16 }, (_, unit) => unit % 4);
    const incoming = 'layer_0/ffn_input/kernel';
    const outgoing = 'layer_0/ffn_output/kernel';
    // Outgoing weights are a quarter each: 4 copies of weight 1/4 hand on 1/(4 * 1/4) = 1.
    expect(first.get(incoming)).toEqual(scale(take(copy(incoming), 1, tiled), 0.25));
    expect(first.get(outgoing)).toEqual(scale(scale(take(copy(outgoing), 0, tiled), 0.25), 4));
  });

  test('squares the factor for the second moment', () => {
    const incoming = 'layer_0/ffn_input/kernel';
    const tiled = Array.from({ length: 16 }, (_, unit) => unit % 4);
    expect(momentRecipe(recipe, from, 2).get(incoming)).toEqual(scale(take(copy(incoming), 1, tiled), 1 / 16));
  });

  test('copies the moments of stacked layers, which are not tied', () => {
    const small = { ...target, layers: 2 };
    expect(momentRecipe(stack.grow(small, target, {}), small, 1).get('layer_3/query/bias')).toEqual(
      copy('layer_1/query/bias'),
    );
  });

  test('starts fresh numbers and matrix products at 0', () => {
    const name = 'layer_0/query/kernel';
    const made: Recipe = new Map([
      ['drawn', init('kernel', [8, 8])],
      ['product', matmul(copy(name), copy(name))],
    ]);
    expect([...momentRecipe(made, target, 1).values()]).toEqual([fill(0, [8, 8]), fill(0, [8, 8])]);
  });

  test('hands every place between n copies on the diagonal 1/n, those of weight 0 too', () => {
    const name = 'layer_0/query/kernel';
    const doubled: Recipe = new Map([['x', blockDiagonal(copy(name), 2)]]);
    const twice = Array.from({ length: 16 }, (_, place) => place % 8);
    expect(momentRecipe(doubled, target, 2).get('x')).toEqual(scale(take(take(copy(name), 0, twice), 1, twice), 1 / 4));
  });

  test('passes noise by, and says nothing of means', () => {
    const name = 'layer_0/query/bias';
    const made: Recipe = new Map([
      ['noise', noise(copy(name), 0, [0, 0, 0, 0, 1, 1, 1, 1], 1)],
      ['mean', mean(copy(name), 0)],
    ]);
    expect([...momentRecipe(made, target, 1).values()]).toEqual([copy(name), fill(0, [1])]);
  });

  test('refuses a repetition written as concat, whose copies it would miscount', () => {
    const twice: Recipe = new Map([['x', concat(0, [copy('embedding/tokens'), scale(copy('embedding/tokens'), 2)])]]);
    expect(() => momentRecipe(twice, target, 1)).toThrow('write the repetition as take');
  });
});
