import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { HostTensor, HostTensors } from '../../src/engine/engine.ts';
import { UNREDUCED, type ModelShape } from '../../src/growth/layout.ts';
import { ffnShare } from '../../src/growth/operators/ffn-share.ts';
import { stack } from '../../src/growth/operators/stack.ts';
import {
  blockDiagonal,
  compose,
  concat,
  copy,
  fill,
  init,
  matmul,
  mean,
  noise,
  scale,
  scaleAxis,
  take,
} from '../../src/growth/recipe.ts';
import { firstMoment, freshMoments, secondMoment } from '../../src/train/adamw.ts';
import { applyRecipe } from '../../src/train/grow.ts';
import { freshParameter, initialState } from '../../src/train/init.ts';
import { grownState } from '../../src/train/moments.ts';

const tensor = (shape: readonly number[], ...values: number[]): HostTensor => ({
  shape,
  values: Float32Array.from(values),
});
const source: HostTensors = new Map([
  ['a', tensor([2, 3], 1, 2, 3, 4, 5, 6)],
  ['b', tensor([2, 1], 7, 8)],
  ['cube', tensor([2, 2, 2], 1, 2, 3, 4, 5, 6, 7, 8)],
]);
const fresh = freshParameter({ std: 1, positions: 'random' }, 3);
const make = (expression: Parameters<typeof scale>[0], from = source): HostTensor =>
  applyRecipe(new Map([['made', expression]]), from, fresh).get('made')!;

describe('a recipe makes', () => {
  test.each([
    ['copy', copy('b'), tensor([2, 1], 7, 8)],
    ['take of rows, repeats allowed', take(copy('a'), 0, [1, 1, 0]), tensor([3, 3], 4, 5, 6, 4, 5, 6, 1, 2, 3)],
    ['take of columns', take(copy('a'), 1, [2, 0]), tensor([2, 2], 3, 1, 6, 4)],
    ['take in the middle', take(copy('cube'), 1, [1]), tensor([2, 1, 2], 3, 4, 7, 8)],
    ['scale', scale(copy('b'), 0.5), tensor([2, 1], 3.5, 4)],
    ['scale along rows', scaleAxis(copy('a'), 0, [1, 10]), tensor([2, 3], 1, 2, 3, 40, 50, 60)],
    ['scale along columns', scaleAxis(copy('a'), 1, [1, 0, 2]), tensor([2, 3], 1, 0, 6, 4, 0, 12)],
    ['concat of columns', concat(1, [copy('b'), copy('a')]), tensor([2, 4], 7, 1, 2, 3, 8, 4, 5, 6)],
    ['concat of rows', concat(0, [copy('b'), fill(9, [1, 1])]), tensor([3, 1], 7, 8, 9)],
    ['fill', fill(2, [2, 2]), tensor([2, 2], 2, 2, 2, 2)],
    ['mean of columns', mean(copy('a'), 1), tensor([2, 1], 2, 5)],
    ['mean of rows', mean(copy('a'), 0), tensor([1, 3], 2.5, 3.5, 4.5)],
    ['mean in the middle', mean(copy('cube'), 1), tensor([2, 1, 2], 2, 3, 6, 7)],
    ['block-diagonal', blockDiagonal(copy('b'), 2), tensor([4, 2], 7, 0, 8, 0, 0, 7, 0, 8)],
    ['matmul', matmul(take(copy('a'), 1, [0, 1]), copy('b')), tensor([2, 1], 23, 68)],
  ])('%s', (_, expression, want) => {
    expect(make(expression)).toEqual(want);
  });

  test('init: what a new model has under that name', () => {
    const drawn = applyRecipe(new Map([['layer_1/query/kernel', init('kernel', [2, 2])]]), source, fresh);
    expect(drawn.get('layer_1/query/kernel')!.values).toEqual(fresh('kernel', 'layer_1/query/kernel', [2, 2]));
  });

  test('two different draws where one parameter is drawn twice', () => {
    const { values } = make(concat(0, [init('kernel', [1, 2]), init('kernel', [1, 2])]));
    expect(values.subarray(0, 2)).not.toEqual(values.subarray(2));
  });

  test('other numbers for a part of a parameter than for the whole, and others in every size', () => {
    const drawn = (rows: number) => {
      const expression = concat(0, [copy('rows'), init('kernel', [2, 2])]);
      const rowsOf = new Map([['rows', tensor([rows, 2], ...new Array<number>(2 * rows).fill(0))]]);
      return applyRecipe(new Map([['made', expression]]), rowsOf, fresh)
        .get('made')!
        .values.slice(2 * rows);
    };
    // A unit drawn like the first of a new model would repeat what a trained unit started from.
    expect(drawn(2)).not.toEqual(fresh('kernel', 'made', [2, 2]));
    expect(drawn(4)).not.toEqual(drawn(2));
    expect(drawn(4)).toEqual(drawn(4));
  });

  test('nothing from a parameter that does not exist', () => {
    expect(() => make(copy('c'))).toThrow('recipe copies a parameter that does not exist: c');
  });
});

describe('noise', () => {
  const size = [6, 500] as const;
  const values = fresh('kernel', 'plain', size);
  const plain: HostTensors = new Map([['plain', { shape: size, values }]]);
  const groups = [0, 1, 0, 2, 1, 0];
  const noisy = make(noise(copy('plain'), 0, groups, 0.1), plain).values;
  const added = noisy.map((value, index) => value - values[index]!);
  const row = (of: Float32Array, index: number) => of.subarray(index * 500, (index + 1) * 500);
  const rootMeanSquare = (of: Float32Array) => Math.sqrt(of.reduce((sum, value) => sum + value ** 2, 0) / of.length);

  test('sums to 0 over each group at every place, and leaves a slice alone that is its only one', () => {
    for (let place = 0; place < 500; place += 1) {
      const at = (index: number) => row(added, index)[place]!;
      expect(Math.abs(at(0) + at(2) + at(5))).toBeLessThan(1e-6);
      expect(Math.abs(at(1) + at(4))).toBeLessThan(1e-6);
    }
    expect(row(noisy, 3)).toEqual(row(values, 3));
  });

  test('is as large as asked, relative to the root mean square; the mean of n draws takes 1/n of their variance', () => {
    const unit = 0.1 * rootMeanSquare(values);
    // 500 numbers tell a standard deviation to about 3 %.
    expect(Math.abs(rootMeanSquare(row(added, 0)) / (unit * Math.sqrt(2 / 3)) - 1)).toBeLessThan(0.08);
    expect(Math.abs(rootMeanSquare(row(added, 1)) / (unit * Math.sqrt(1 / 2)) - 1)).toBeLessThan(0.08);
  });

  test('is the same again, another for another parameter, and along the axis that is named', () => {
    expect(make(noise(copy('plain'), 0, groups, 0.1), plain).values).toEqual(noisy);
    const other = applyRecipe(new Map([['other', noise(copy('plain'), 0, groups, 0.1)]]), plain, fresh);
    expect(other.get('other')!.values).not.toEqual(noisy);
    const columns = make(noise(copy('a'), 1, [0, 1, 0], 1)).values.map((value, index) => value - (index + 1));
    expect([columns[1], columns[4]]).toEqual([0, 0]);
    expect(columns[0]! + columns[2]!).toBeCloseTo(0, 5);
    expect(columns[0]).not.toBe(0);
  });
});

const target: ModelShape = {
  ...{ layers: 4, hidden: 4, heads: 2, ffn: 12, vocab: 7, positions: 6, length: 6 },
  ...{ norm: 'pre', ...UNREDUCED },
};

test('a composed recipe makes what its parts make one after the other', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 3 }), fc.constantFrom(2, 3, 4), fc.nat(99), (layers, factor, seed) => {
      const thin = ffnShare.shrink(target, { factor });
      const small = stack.shrink(thin, { layers });
      const [deeper, wider] = [stack.grow(small, thin, {}), ffnShare.grow(thin, target, {})];
      const start = initialState(small, { std: 0.1, positions: 'random' }, seed);
      const twice = applyRecipe(wider, applyRecipe(deeper, start, fresh), fresh);
      expect(applyRecipe(compose(deeper, wider), start, fresh)).toEqual(twice);
    }),
    { numRuns: 20 },
  );
});

describe('the state after growth', () => {
  const small = ffnShare.shrink(target, { factor: 4 });
  const recipe = ffnShare.grow(small, target, {});
  const parameters = initialState(small, { std: 0.1, positions: 'random' }, 1);
  const moments = new Map(
    [...freshMoments(parameters)].map(([name, { shape, values }]) => [name, { shape, values: values.fill(8) }]),
  );
  const state = new Map([...parameters, ...moments]);

  test('has the moments of 0 that a new optimizer has', () => {
    const grown = grownState(recipe, small, state, 'reset', fresh);
    expect(grown.get(firstMoment('layer_0/ffn_input/kernel'))!.shape).toEqual([4, 12]);
    expect(
      [...grown].filter(([name]) => name.startsWith('adam/')).every(([, { values }]) => values.every((v) => v === 0)),
    ).toBe(true);
    expect(grown.size).toBe(3 * applyRecipe(recipe, parameters, fresh).size);
  });

  test('has carried moments: those of four tied copies share the gradient, its square sixteenfold', () => {
    const grown = grownState(recipe, small, state, 'carry', fresh);
    expect(grown.get(firstMoment('layer_0/ffn_input/kernel'))!.values).toEqual(new Float32Array(48).fill(8 / 4));
    expect(grown.get(secondMoment('layer_0/ffn_input/kernel'))!.values).toEqual(new Float32Array(48).fill(8 / 16));
    expect(grown.get(secondMoment('layer_0/query/kernel'))!.values).toEqual(new Float32Array(16).fill(8));
  });
});
