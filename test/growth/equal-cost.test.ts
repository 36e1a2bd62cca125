import { describe, expect, test } from 'vitest';
import { evenSplit, leastUnevenSplit, nearest, sizesWithCost, type CostBasis } from '../../src/growth/equal-cost.ts';
import { stageFlops } from '../../src/growth/flops.ts';
import { UNREDUCED, type ModelShape } from '../../src/growth/layout.ts';
import { operators } from '../../src/growth/operators/index.ts';
import { ffnShare } from '../../src/growth/operators/ffn-share.ts';
import { meanPool } from '../../src/growth/operators/mean-pool.ts';
import { stack } from '../../src/growth/operators/stack.ts';

const target: ModelShape = {
  ...UNREDUCED,
  ...{ layers: 6, hidden: 64, heads: 4, ffn: 256, vocab: 500, positions: 32, norm: 'pre', length: 32 },
};
const masked = (length: number) => Math.round(0.15 * length);
const basis: CostBasis = { target, flops: (shape) => stageFlops(shape, masked(shape.length), 1, 1) };
const costOf = (shape: ModelShape) => basis.flops(shape) / basis.flops(target);
const unsized = (operator: (typeof operators)[number]) => ({ operator, given: {} });

describe.each(operators.map((operator) => [operator.name, operator] as const))('%s', (_, operator) => {
  const sizes = sizesWithCost(basis, unsized(operator));

  test('lists its sizes from the largest model to the smallest, each cheaper than the target', () => {
    expect(sizes.length).toBeGreaterThan(1);
    const costs = sizes.map(({ cost }) => cost);
    expect(costs).toEqual(costs.toSorted((a, b) => b - a));
    for (const cost of costs) expect(cost).toBeLessThan(1);
  });

  test('costs what the model of that size costs', () => {
    for (const { reduction, cost } of sizes) {
      expect(cost).toBe(costOf(operator.shrink(target, reduction.settings)));
    }
  });

  test('gets the size nearest to a cost', () => {
    for (const cost of [0.1, 0.5, 0.9]) {
      const distances = sizes.map((sized) => Math.abs(sized.cost - cost));
      expect(Math.abs(nearest(sizes, cost)!.cost - cost)).toBe(Math.min(...distances));
    }
  });
});

test('settings that are given stay, whatever the size', () => {
  const given = { marker: 7 };
  for (const { reduction } of sizesWithCost(basis, { operator: stack, given })) {
    expect(reduction.settings).toEqual({ marker: 7, layers: reduction.settings['layers'] });
  }
});

describe('a saving split between operators', () => {
  const parts = [stack, ffnShare, meanPool].map(unsized);
  const [depths, widths, lengths] = parts.map((part) => sizesWithCost(basis, part));
  const all = depths!.flatMap((depth) =>
    widths!.flatMap((width) =>
      lengths!.map((length) => {
        const shrunk = stack.shrink(target, depth.reduction.settings);
        const thin = ffnShare.shrink(shrunk, width.reduction.settings);
        const costs = [depth, width, length].map(({ cost }) => cost);
        return {
          parts: [depth, width, length],
          unevenness: Math.max(...costs) - Math.min(...costs),
          cost: costOf(meanPool.shrink(thin, length.reduction.settings)),
        };
      }),
    ),
  );

  test.each([0.1, 0.15, 0.2, 0.3])(
    'closest to even: no combination within the tolerance of %s is more even',
    (cost) => {
      const tolerance = 0.03;
      const found = leastUnevenSplit(basis, parts, { cost, tolerance })!;
      const rivals = all.filter((one) => Math.abs(one.cost - cost) <= tolerance);
      const least = Math.min(...rivals.map(({ unevenness }) => unevenness));
      const costs = found.parts.map((part) => part.cost);
      expect(Math.max(...costs) - Math.min(...costs)).toBe(least);
      const off = rivals.filter(({ unevenness }) => unevenness === least).map((one) => Math.abs(one.cost - cost));
      expect(Math.abs(found.cost - cost)).toBe(Math.min(...off));
    },
  );

  test.each([0.1, 0.15, 0.2, 0.3])(
    'even: each has the size nearest to one level, and no other level comes nearer to %s',
    (cost) => {
      const found = evenSplit(basis, parts, cost)!;
      const atLevel = (level: number) => [depths!, widths!, lengths!].map((sizes) => nearest(sizes, level)!.reduction);
      const levels = Array.from({ length: 999 }, (_, index) => (index + 1) / 1000);
      const chosen = found.parts.map(({ reduction }) => reduction);
      expect(levels.some((level) => JSON.stringify(atLevel(level)) === JSON.stringify(chosen))).toBe(true);
      for (const level of levels) {
        const rival = atLevel(level);
        const { cost: own } = all.find((one) => one.parts.every(({ reduction }, index) => reduction === rival[index]))!;
        expect(Math.abs(found.cost - cost)).toBeLessThanOrEqual(Math.abs(own - cost));
      }
    },
  );

  test('is null where nothing comes within the tolerance', () => {
    expect(leastUnevenSplit(basis, parts, { cost: 0.99, tolerance: 0.001 })).toBeNull();
  });
});
