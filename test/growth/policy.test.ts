import { describe, expect, test } from 'vitest';
import { UNREDUCED, type ModelShape } from '../../src/growth/layout.ts';
import { newLayers } from '../../src/growth/new-layers.ts';
import { operators } from '../../src/growth/operators/index.ts';
import { isFlat } from '../../src/growth/policy.ts';
import type { Schedule } from '../../src/growth/schedule.ts';

describe('a loss that falls as 2 + 4·exp(-k / 5) at evaluation k', () => {
  const losses = Array.from({ length: 40 }, (_, k) => 2 + 4 * Math.exp(-k / 5));
  /** How many evaluations a stage has before it is left. */
  const left = (slope: number, window: number) =>
    losses.findIndex((_, k) => isFlat({ slope, window }, losses.slice(0, k + 1)));

  test.each([
    [0.1, 1],
    [0.1, 2],
    [0.02, 3],
    [0.02, 8],
  ])('is flat below %f an evaluation over %i of them where the formula says so', (slope, window) => {
    // (L(k - w) - L(k)) / w < s  <=>  k > 5 ln(4 (exp(w / 5) - 1) / (w s))
    const exact = 5 * Math.log((4 * (Math.exp(window / 5) - 1)) / (window * slope));
    expect(left(slope, window)).toBe(Math.max(window, Math.floor(exact) + 1));
  });

  test('is not flat before there is a window to look at', () => {
    expect(left(100, 3)).toBe(3);
  });

  test('is flat where it rises', () => {
    expect(isFlat({ slope: 1e-9, window: 1 }, [3, 3.1])).toBe(true);
    expect(isFlat({ slope: 1e-9, window: 1 }, [3, 2.9])).toBe(false);
  });
});

const target: ModelShape = {
  ...{ layers: 12, hidden: 8, heads: 2, ffn: 16, vocab: 11, positions: 12, length: 12 },
  ...{ norm: 'pre', ...UNREDUCED },
};
const stack = (layers: number) => ({ depth: { operator: 'stack', settings: { layers } } });

describe('layers that a growth adds', () => {
  const schedule: Schedule = [
    { share: 0.2, reductions: { ...stack(3), width: { operator: 'ffn-share', settings: { factor: 4 } } } },
    { share: 0.2, reductions: stack(5) },
    { share: 0.2, reductions: stack(5) },
    { share: 0.4, reductions: {} },
  ];

  test('stacking: those above the trained ones', () => {
    expect(newLayers(target, schedule, 1)).toEqual([3, 4]);
    expect(newLayers(target, schedule, 3)).toEqual([5, 6, 7, 8, 9, 10, 11]);
  });

  test('none at the start, and none without a growth in depth', () => {
    expect(newLayers(target, schedule, 0)).toEqual([]);
    expect(newLayers(target, schedule, 2)).toEqual([]);
  });

  test.each(operators.filter(({ dimension }) => dimension === 'depth').map((operator) => [operator.name, operator]))(
    '%s: as many as there are more',
    (_, operator) => {
      const size = operator.sizes(target).at(-2)!;
      const depth = { operator: operator.name, settings: { [Object.keys(operator.settings)[0]!]: size } };
      const grown = [
        { share: 0.5, reductions: { depth } },
        { share: 0.5, reductions: {} },
      ];
      expect(newLayers(target, grown, 1)).toHaveLength(target.layers - size);
    },
  );
});
