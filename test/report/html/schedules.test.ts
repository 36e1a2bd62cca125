import { describe, expect, test } from 'vitest';
import type { CellRecord, CellResult } from '../../../src/run/record.ts';
import type { Cell } from '../../../src/run/spec.ts';
import { failure } from '../records.ts';
import { finished, full, pageOf, planOf, stack, textsOf } from './fixtures.ts';

/** At most 6 of the 10 steps in one layer, the rest in two. */
const flat = {
  ...stack,
  name: 'flat',
  settings: {
    ...stack.settings,
    schedule: stack.settings.schedule.map((stage, index) =>
      index === 0 ? { ...stage, until: { slope: 0.1, window: 1 } } : stage,
    ),
  },
};
const plan = planOf(3, [full, flat]);
const [small, large] = plan.arms[1]!.stages.map(({ shape }) => shape);

/** The growth came after `steps` steps, and the curve was measured every second one. */
const left = (cell: Cell, steps: number): CellRecord => {
  const stage = (shape: typeof small, own: number): CellResult['stages'][number] => ({
    ...{ shape: shape!, steps: own, flops: own, seconds: own },
  });
  return finished(cell, 50, { stages: [stage(small, steps), stage(large, 10 - steps)] });
};
const pageAfter = (...steps: readonly (number | null)[]) =>
  pageOf(
    plan,
    plan.cells.map((cell) => {
      if (cell.arm === 'full') return finished(cell, 50);
      const own = steps[cell.seed];
      return own == null ? failure(cell, 'lost') : left(cell, own);
    }),
  ).document;
const captions = (...steps: readonly (number | null)[]) =>
  textsOf(pageAfter(...steps), 'figcaption').filter((text) => text.startsWith('flat'));
const labels = (...steps: readonly (number | null)[]) =>
  [...pageAfter(...steps).querySelectorAll('svg')].map((svg) => svg.getAttribute('aria-label') ?? '');

describe('the schedule of an arm whose stage may end early', () => {
  test('is drawn as it ran: the mean of the seeds, with the shortest and the longest', () => {
    expect(captions(2, 4, 3)).toContain('flat, as it ran: stages of 3 (2 to 4) and 7 (6 to 8) steps, mean of 3 seeds');
    expect(labels(2, 4, 3)).toContainEqual(
      expect.stringMatching(/^Stage 1, 3 \(2 to 4\) steps: 1 layer.* Stage 2, 7 \(6 to 8\) steps: 2 layers/),
    );
  });

  test('by its finished cells alone', () => {
    expect(captions(2, null, null)).toContain('flat, as it ran: stages of 2 and 8 steps');
  });

  test('and as planned where none finished', () => {
    expect(captions(null, null, null)).toEqual(['flat, which may grow earlier']);
    expect(labels(null, null, null)).toContainEqual(expect.stringMatching(/^Stage 1, at most 6 steps: 1 layer/));
  });

  test('its bars are as long as what they say', () => {
    const widths = (...steps: readonly (number | null)[]) => {
      const chart = [...pageAfter(...steps).querySelectorAll('svg')].at(-1)!;
      return [...chart.querySelectorAll('rect')].map((rect) => Number(rect.getAttribute('width')));
    };
    const [ran, planned] = [widths(2, 4, 3), widths(null, null, null)];
    // One bar a stage and row; the gap between bars is a unit wide.
    expect((ran[0]! + 1) / (planned[0]! + 1)).toBeCloseTo(3 / 6, 2);
    expect((ran[1]! + 1) / (planned[1]! + 1)).toBeCloseTo(7 / 4, 2);
  });

  test('its growth is marked on the curve where it happened', () => {
    const flops = (...steps: readonly (number | null)[]) =>
      labels(...steps).find((label) => label.startsWith('Validation loss of flat') && label.includes('FLOPs'));
    // The curve has 1e5 FLOPs a step: at step 2, the last one measured up to 3.
    expect(flops(2, 4, 3)).toContain('6.600 at 200k FLOPs, where it grows');
    expect(flops(6, 6, 6)).toContain('5.800 at 600k FLOPs, where it grows');
  });
});

test('what cannot end early is drawn as planned', () => {
  const own = planOf(1, [full, stack]);
  const { document } = pageOf(own, own.cells.map((cell) => finished(cell, 50))); // prettier-ignore
  const label = [...document.querySelectorAll('svg')].at(-1)!.getAttribute('aria-label');
  expect(label).toMatch(/^Stage 1, 6 steps: 1 layer.* Stage 2, 4 steps: 2 layers/);
});
