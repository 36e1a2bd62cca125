import type { Feeds, FeedSpec } from '../engine/engine.ts';
import { permute } from '../text/permutation.ts';

/** One column of a data set: `width` numbers for each example. */
export interface Column {
  readonly values: Int32Array | Float32Array;
  readonly width: number;
}
export type Columns = Readonly<Record<string, Column>>;

/** What a step over `batch` examples of these columns is fed. */
export const columnFeeds = (columns: Columns, batch: number): Readonly<Record<string, FeedSpec>> =>
  Object.fromEntries(
    Object.entries(columns).map(([name, { values, width }]): [string, FeedSpec] => [
      name,
      { dtype: values instanceof Int32Array ? 'int32' : 'float32', shape: [batch * width] },
    ]),
  );

/** The examples `rows` as a step is fed them. */
export const takeRows = (columns: Columns, rows: readonly number[]): Feeds =>
  Object.fromEntries(Object.entries(columns).map(([name, column]) => [name, rowsOf(column, rows)]));

function rowsOf({ values, width }: Column, rows: readonly number[]): Int32Array | Float32Array {
  const size = rows.length * width;
  const taken = values instanceof Int32Array ? new Int32Array(size) : new Float32Array(size);
  for (const [to, from] of rows.entries()) taken.set(values.subarray(from * width, (from + 1) * width), to * width);
  return taken;
}

/** Whole batches in an epoch of `count` examples; the remainder is left out, and comes elsewhere in the next epoch. */
export const epochSteps = (count: number, batch: number): number => Math.max(1, Math.floor(count / batch));

/**
 * The examples of training step `step` (from 0), a function of (seed, step): every epoch is a permutation of its own.
 * Fewer examples than a batch come more than once.
 */
export function trainingRows(step: number, count: number, batch: number, seed: number): readonly number[] {
  const steps = epochSteps(count, batch);
  const epoch = Math.floor(step / steps);
  const first = (step % steps) * batch;
  return Array.from({ length: batch }, (_, row) => permute((first + row) % count, count, seed, epoch));
}

/** Examples 0..count in batches of one size; the last one is filled up with the first example. */
export const orderedRows = (count: number, batch: number): readonly (readonly number[])[] =>
  Array.from({ length: Math.ceil(count / batch) }, (_, number) =>
    Array.from({ length: batch }, (_, row) => (number * batch + row < count ? number * batch + row : 0)),
  );
