import { expect, test } from 'vitest';
import { contrastPairs, contrastSamples, type Contrast, type Pair } from '../../../src/report/statistics/contrast.ts';
import { judge } from '../../../src/report/statistics/family.ts';

const one = (n: number): Contrast =>
  contrastPairs(
    Array.from({ length: n }, (_, index): Pair => [0, index + 1]),
    'difference',
  );

test('five pairs can never be significant at 0.05, six can: 2/2^6 = 0.03125', () => {
  expect(judge([one(5)], 0.05)).toEqual([{ p: null, needs: 6 }]);
  expect(judge([one(6)], 0.05)).toEqual([{ p: 0.03125, needs: null }]);
});

test('ten tests at once need nine pairs: 10 * 2/2^9 = 0.039', () => {
  const ten = (n: number) => judge(Array.from({ length: 10 }, () => one(n)), 0.05); // prettier-ignore
  expect(ten(8)[0]).toEqual({ p: null, needs: 9 });
  expect(ten(9)[0]!.p).toBeCloseTo(10 / 2 ** 8, 12);
});

test('tests with too few pairs cost the others nothing', () => {
  expect(judge([one(6), one(2), one(3)], 0.05).map(({ p }) => p)).toEqual([0.03125, null, null]);
});

test('pairs without a difference are no pairs, and equal sides no test', () => {
  const same = contrastPairs(Array.from({ length: 8 }, (): Pair => [1, 1]), 'difference'); // prettier-ignore
  expect(judge([same, one(6)], 0.05)).toEqual([
    { p: null, needs: null },
    { p: 0.03125, needs: null },
  ]);
});

test('three against three can never be significant, four against four can: 2 / 70', () => {
  const sides = (n: number) => contrastSamples([1, 2, 3, 4].slice(0, n), [5, 6, 7, 8].slice(0, n), 'difference');
  expect(judge([sides(3)], 0.05)).toEqual([{ p: null, needs: 4 }]);
  expect(judge([sides(4)], 0.05)[0]!.p).toBeCloseTo(2 / 70, 12);
});
