import fc from 'fast-check';
import { expect, test } from 'vitest';
import { columnFeeds, epochSteps, orderedRows, takeRows, trainingRows } from '../../src/train/task-batches.ts';

const sizes = [fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 12 }), fc.nat(1e6)] as const;

test('an epoch takes whole batches of different examples', () => {
  fc.assert(
    fc.property(...sizes, (count, batch, seed) => {
      fc.pre(batch <= count);
      const steps = epochSteps(count, batch);
      const rows = Array.from({ length: steps }, (_, step) => trainingRows(step, count, batch, seed)).flat();
      expect(new Set(rows).size).toBe(batch * Math.floor(count / batch));
      expect(rows.every((row) => row >= 0 && row < count)).toBe(true);
    }),
  );
});

test('the next epoch has another order, and so has another seed', () => {
  const epoch = (number: number, seed: number) => trainingRows(number, 32, 32, seed);
  expect(epoch(1, 5)).not.toEqual(epoch(0, 5));
  expect(epoch(0, 6)).not.toEqual(epoch(0, 5));
  expect(epoch(0, 5)).toEqual(epoch(0, 5));
});

test('fewer examples than a batch still fill one', () => {
  expect(epochSteps(3, 8)).toBe(1);
  const rows = trainingRows(0, 3, 8, 1);
  expect(rows).toHaveLength(8);
  expect(new Set(rows)).toEqual(new Set([0, 1, 2]));
});

test('in order, every example comes once and the last batch is filled up', () => {
  expect(orderedRows(5, 2)).toEqual([
    [0, 1],
    [2, 3],
    [4, 0],
  ]);
});

test('a batch holds the rows asked for, in their type', () => {
  const columns = {
    ids: { values: Int32Array.of(1, 2, 3, 4, 5, 6), width: 2 },
    target: { values: Float32Array.of(0.5, 1.5, 2.5), width: 1 },
  };
  expect(takeRows(columns, [2, 0])).toEqual({ ids: Int32Array.of(5, 6, 1, 2), target: Float32Array.of(2.5, 0.5) });
  expect(columnFeeds(columns, 2)).toEqual({
    ids: { dtype: 'int32', shape: [4] },
    target: { dtype: 'float32', shape: [2] },
  });
});
