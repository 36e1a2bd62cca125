import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { meanCurve } from '../../../src/report/html/curves.ts';
import { frameOf, position, valueAt } from '../../../src/report/html/frame.ts';
import { placeLabels } from '../../../src/report/html/labels.ts';
import { paretoFront } from '../../../src/report/html/pareto.ts';
import { outcomesOf } from '../../../src/report/outcomes.ts';
import { recordOf } from '../records.ts';
import { planOf } from './fixtures.ts';

describe('the Pareto front', () => {
  const tradeoff = fc.record({ speedup: fc.integer({ min: 0, max: 9 }), quality: fc.integer({ min: 0, max: 9 }) });

  test('has the arms that nothing beats, from the slowest to the fastest', () => {
    const [slow, middle, beaten, fast] = [
      { speedup: 0, quality: 5 },
      { speedup: 1, quality: 4 },
      { speedup: 1, quality: 3 },
      { speedup: 2, quality: 1 },
    ];
    expect(paretoFront([fast, beaten, slow, middle])).toEqual([slow, middle, fast]);
  });

  test('falls in quality as it rises in speedup, and everything else is at most as good as one of it', () => {
    fc.assert(
      fc.property(fc.array(tradeoff, { minLength: 1 }), (items) => {
        const front = paretoFront(items);
        const steps = front.slice(1).map((item, index) => item.quality - front[index]!.quality);
        expect(steps.filter((step) => step > 0)).toEqual([]);
        for (const item of items) {
          expect(front.some(({ speedup, quality }) => speedup >= item.speedup && quality >= item.quality)).toBe(true);
        }
      }),
    );
  });
});

describe('the curve of an arm', () => {
  const plan = planOf(2);
  const curve = (...points: readonly (readonly [step: number, loss: number])[]) =>
    points.map(([step, loss]) => ({ step, flops: 10 * step, seconds: step / 2, loss }));
  const curveOf = (...curves: readonly ReturnType<typeof curve>[]) => {
    const cells = plan.cells.filter(({ arm }) => arm === 'stack');
    const records = curves.map((own, seed) => recordOf(cells[seed]!, { curve: own }));
    return meanCurve(outcomesOf(plan, records).filter(({ cell }) => cell.arm === 'stack'));
  };

  test('is the mean over the seeds, its band from the lowest to the highest', () => {
    expect(curveOf(curve([2, 5], [4, 4]), curve([2, 7], [4, 4.5]))).toEqual([
      { step: 2, flops: 20, seconds: 1, loss: 6, low: 5, high: 7 },
      { step: 4, flops: 40, seconds: 2, loss: 4.25, low: 4, high: 4.5 },
    ]);
  });

  test('keeps both values of a step that was measured twice, and leaves out steps that one seed lacks', () => {
    const both = curveOf(curve([2, 5], [2, 6], [3, 4]), curve([2, 5], [2, 6], [4, 4]));
    expect(both.map(({ step, loss }) => [step, loss])).toEqual([[2, 5], [2, 6]]); // prettier-ignore
  });
});

describe('names of points', () => {
  const points = ['full', 'stack', 'interleave', 'compound', 'mean-pool'].map((text, index) => ({
    text,
    // Some so close that their names would cover each other at the same side.
    x: index < 3 ? 8 + index / 10 : index,
    y: index < 3 ? 2 : index - 2,
  }));
  const frame = frameOf([0, 16], [0, 4], 320);

  test('cover neither each other nor a point, and stay in the picture', () => {
    const boxes = placeLabels(points, frame).map(({ dx, dy }, index) => {
      const { left, top } = position(frame, [points[index]!.x, points[index]!.y]);
      const half = 3.3 * points[index]!.text.length;
      return { left: left + dx - half, right: left + dx + half, top: top + dy - 6, bottom: top + dy + 6 };
    });
    for (const [index, box] of boxes.entries()) {
      expect(box.left >= 0 && box.right <= frame.width && box.top >= 0 && box.bottom <= frame.height).toBe(true);
      for (const other of boxes.slice(index + 1)) {
        const apart =
          box.right <= other.left || other.right <= box.left || box.bottom <= other.top || other.bottom <= box.top;
        expect(apart).toBe(true);
      }
    }
  });

  test('a place in the picture and the values there belong together', () => {
    const from = position(frame, [4, 1]);
    const [x, y] = valueAt(frame, [4, 1], { dx: 30, dy: -20 });
    const to = position(frame, [x, y]);
    expect([to.left - from.left, to.top - from.top]).toEqual([expect.closeTo(30, 9), expect.closeTo(-20, 9)]);
  });
});
