import { describe, expect, test } from 'vitest';
import { mean, median, range, standardDeviation } from '../../src/report/statistics.ts';

describe('statistics', () => {
  const values = [2.5, 3.25, 1, 7.75];

  test("agree with Python's statistics module", () => {
    expect(mean(values)).toBeCloseTo(3.625, 12);
    expect(median(values)).toBeCloseTo(2.875, 12);
    expect(standardDeviation(values)).toBeCloseTo(2.9047375096555625, 12);
  });

  test('the median of an odd number of values is the middle one, however they are ordered', () => {
    expect(median([9, 1, 4])).toBe(4);
  });

  test('one value has a mean but no spread', () => {
    expect([mean([3]), standardDeviation([3]), range([3])]).toEqual([3, null, null]);
  });

  test('of nothing there is nothing, not 0', () => {
    expect([mean([]), median([]), standardDeviation([]), range([])]).toEqual([null, null, null, null]);
  });
});
