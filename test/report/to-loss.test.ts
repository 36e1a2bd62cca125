import { describe, expect, test } from 'vitest';
import { armRows } from '../../src/report/arms.ts';
import { costToLoss } from '../../src/report/to-loss.ts';
import type { CurvePoint } from '../../src/run/record.ts';
import { cellOf, metrics, plan, recordOf } from './records.ts';

/** A point every 100 FLOPs and 10 seconds. */
const curve = (...losses: readonly number[]): CurvePoint[] =>
  losses.map((loss, index) => ({ step: index + 1, flops: 100 * (index + 1), seconds: 10 * (index + 1), loss }));
const resultOf = (...losses: readonly number[]) => recordOf(cellOf('stack', 0), { curve: curve(...losses) }).result!;

describe("what it costs to come to the baseline's final loss", () => {
  test('is interpolated between the points around it', () => {
    expect(costToLoss(resultOf(6, 5.5, 5), resultOf(6, 5.25))).toEqual({ flops: 250, seconds: 25 });
  });

  test('is that of the first time, even if the loss rises again at growth', () => {
    expect(costToLoss(resultOf(6, 5, 5.8, 4.9), resultOf(5.9, 5.5))).toMatchObject({ flops: 150, seconds: 15 });
  });

  test('is unknown where the loss is never reached, or there is no curve', () => {
    expect(costToLoss(resultOf(6, 5.6), resultOf(6, 5.5))).toBeNull();
    expect(costToLoss(resultOf(), resultOf(6, 5.5))).toBeNull();
    expect(costToLoss(resultOf(6), resultOf())).toBeNull();
  });

  test('of the baseline itself ends at its last point, unless it was there before', () => {
    expect(costToLoss(resultOf(6, 5.5), resultOf(6, 5.5))).toMatchObject({ flops: 200 });
    expect(costToLoss(resultOf(6, 5.4, 5.5), resultOf(6, 5.4, 5.5))!.flops).toBeCloseTo(100 + 100 * (0.5 / 0.6), 9);
  });
});

describe('the speedup to that loss', () => {
  const rows = (...stack: readonly (readonly number[])[]) =>
    armRows(
      plan,
      [0, 1].flatMap((seed) => [
        recordOf(cellOf('full', seed), { curve: curve(6, 5.8, 5.6, 5.4) }),
        recordOf(cellOf('stack', seed), { curve: curve(...stack[seed]!) }),
      ]),
      metrics,
    );

  test('is the geometric mean over seeds of the ratio of costs, minus 1', () => {
    // Seed 0 reaches 5.4 after 200 of the baseline's 400 FLOPs, seed 1 after 100: ratios 2 and 4.
    const { speedupToLoss, speedupToLossTime } = rows([6, 5.4], [5.4])[1]!;
    expect(speedupToLoss.value).toBeCloseTo(Math.sqrt(8) - 1, 12);
    expect(speedupToLossTime.value).toBeCloseTo(Math.sqrt(8) - 1, 12);
  });

  test('is empty where a seed never reaches it, and a warning says so', () => {
    const { speedupToLoss, warnings } = rows([6, 5.4], [6, 5.5])[1]!;
    expect(speedupToLoss.value).toBeNull();
    expect(warnings).toContain("1 of 2 cells never reach the baseline's final loss");
  });

  test('of the baseline is 0', () => {
    expect(rows([6], [6])[0]!.speedupToLoss.value).toBe(0);
  });
});
