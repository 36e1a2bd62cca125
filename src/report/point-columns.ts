import { pointText, type Point } from '../run/spec.ts';
import type { CsvColumn } from './csv.ts';

/** A column for everything that the points of a sweep's grid vary; empty where a point does not vary it. */
export function pointColumns<Row>(
  holders: readonly { readonly point: Point }[],
  pointOf: (row: Row) => Point,
): CsvColumn<Row>[] {
  const keys = [...new Set(holders.flatMap(({ point }) => Object.keys(point)))];
  return keys.map((name) => ({
    name,
    text: (row) => (pointOf(row)[name] === undefined ? null : pointText(pointOf(row)[name])),
  }));
}
