/** Units sorted into classes of units that are alike. */
export interface Partition {
  /** The class of each unit, from 0. */
  readonly of: readonly number[];
  readonly count: number;
}

/** A matrix by rows; its columns are units. */
export type Rows = readonly ArrayLike<number>[];

/** The rows of numbers that are stored row by row; a vector is one row. */
export const rowsOf = (values: Float32Array, columns: number): Float32Array[] =>
  Array.from({ length: values.length / columns }, (_, row) => values.subarray(row * columns, (row + 1) * columns));

/** Rows of one class added up: what a reader makes of inputs that are equal within each class. */
export function fold(rows: Rows, columns: number, { of, count }: Partition): Rows {
  if (count === rows.length) return rows;
  const sums = Array.from({ length: count }, () => new Float64Array(columns));
  for (const [place, row] of rows.entries()) {
    const sum = sums[of[place]!]!;
    for (let column = 0; column < columns; column += 1) sum[column]! += row[column]!;
  }
  return sums;
}

/**
 * Sorts columns into classes: two are alike where their difference is at most `tolerance` times their length. Columns
 * that are alike have nearly the same projection on any direction, so that only neighbours in its order are compared:
 * n log n in place of n².
 */
export function alike(rows: Rows, columns: number, tolerance: number): Partition {
  const { projections, lengths } = project(rows, columns);
  const order = Array.from({ length: columns }, (_, unit) => unit).sort((a, b) => projections[a]! - projections[b]!);
  const reach = tolerance * Math.sqrt(rows.length);
  const of = new Array<number>(columns).fill(0);
  const first: number[] = [];
  for (const unit of order) {
    const length = lengths[unit]!;
    let known = first.length - 1;
    while (known >= 0 && !differBy(rows, unit, first[known]!, tolerance * length)) {
      // Below this class lie only projections that are further away.
      known = projections[unit]! - projections[first[known]!]! > reach * length ? -1 : known - 1;
    }
    of[unit] = known >= 0 ? known : first.push(unit) - 1;
  }
  return { of, count: first.length };
}

/** Units with equal keys are one class. */
export function classesOf(keys: readonly string[]): Partition {
  const known = new Map<string, number>();
  for (const key of keys) if (!known.has(key)) known.set(key, known.size);
  return { of: keys.map((key) => known.get(key)!), count: known.size };
}

/** Every column's projection on one direction, and its length. */
function project(rows: Rows, columns: number) {
  const projections = new Float64Array(columns);
  const lengths = new Float64Array(columns);
  for (const [place, row] of rows.entries()) {
    const weight = direction(place);
    for (let unit = 0; unit < columns; unit += 1) {
      projections[unit]! += weight * row[unit]!;
      lengths[unit]! += row[unit]! ** 2;
    }
  }
  return { projections, lengths: lengths.map(Math.sqrt) };
}

/** Whether two columns differ by no more than `most`. */
function differBy(rows: Rows, a: number, b: number, most: number): boolean {
  let square = 0;
  for (const row of rows) {
    square += (row[a]! - row[b]!) ** 2;
    if (square > most ** 2) return false;
  }
  return true;
}

/** A fixed number in [-1, 1) for each place, without pattern: a multiplicative hash. */
const direction = (place: number): number => Math.imul(place + 1, 0x9e3779b1) / 2 ** 31;
