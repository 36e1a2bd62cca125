import { layout, type ModelShape, type Parameter } from './layout.ts';

/** How many units of a model differ from each other: copies of one unit that never parted count once. */
export interface EffectiveWidth {
  /** FFN units with incoming weights and bias of their own, mean over the layers. */
  readonly ffn: number;
  /** Hidden units of the residual stream that are written with weights of their own. */
  readonly hidden: number;
}

/** Numbers of a model by parameter name, row by row. */
export type Numbers = ReadonlyMap<string, { readonly values: Float32Array }>;

/**
 * Two units are one where their weights differ by less than this part of their length: rounding parts copies by far
 * less, a step of training by far more.
 */
const SAME = 1e-5;

/**
 * The effective width of a trained model. The weights of a hidden unit are its columns in all tables and in all kernels
 * and biases that write the residual stream, and its gain and bias in the norms whose output is the stream. 0 for
 * `tolerance` counts units that differ in any bit.
 */
export function effectiveWidth(parameters: Numbers, shape: ModelShape, tolerance: number = SAME): EffectiveWidth {
  const all = layout(shape);
  const rowsOf = (wanted: readonly Parameter[], units: number) =>
    wanted.flatMap(({ name }) => rowsOfUnits(parameters.get(name)!.values, units));
  const ffn = Array.from({ length: shape.layers }, (_, layer) => {
    const incoming = all.filter((parameter) => parameter.layer === layer && parameter.axes.at(-1) === 'ffn');
    return countDistinct(rowsOf(incoming, shape.ffn), shape.ffn, tolerance);
  });
  const writers = all.filter((parameter) => writesStream(parameter, shape));
  return {
    ffn: ffn.reduce((sum, count) => sum + count, 0) / shape.layers,
    hidden: countDistinct(rowsOf(writers, shape.hidden), shape.hidden, tolerance),
  };
}

/** Ends of sublayers, whose sum the stream is; in post-norm also the norms that it goes through. */
const SUBLAYER_OUTPUT = /^(attention|ffn)_output\//;
const SUBLAYER_NORM = /^(attention|ffn)_norm\//;

function writesStream({ name, layer, leaf, axes }: Parameter, { norm }: ModelShape): boolean {
  if (axes.at(-1) !== 'hidden') return false;
  if (layer === null) return /^(embedding|pool)\//.test(name);
  return SUBLAYER_OUTPUT.test(leaf) || (norm === 'post' && SUBLAYER_NORM.test(leaf));
}

/** The rows of a matrix whose columns are units; a vector is one row. */
function rowsOfUnits(values: Float32Array, units: number): Float32Array[] {
  return Array.from({ length: values.length / units }, (_, row) => values.subarray(row * units, (row + 1) * units));
}

/**
 * How many of the columns of `rows` differ. Columns that are alike have nearly the same projection on any direction, so
 * that only neighbours in its order need to be compared: n log n in place of n².
 */
function countDistinct(rows: readonly Float32Array[], units: number, tolerance: number): number {
  const projections = new Float64Array(units);
  const squares = new Float64Array(units);
  for (const [place, row] of rows.entries()) {
    const weight = direction(place);
    for (let unit = 0; unit < units; unit += 1) {
      projections[unit]! += weight * row[unit]!;
      squares[unit]! += row[unit]! ** 2;
    }
  }
  const order = Array.from({ length: units }, (_, unit) => unit).sort((a, b) => projections[a]! - projections[b]!);
  const reach = tolerance * Math.sqrt(rows.length);
  const found: number[] = [];
  for (const unit of order) {
    const length = Math.sqrt(squares[unit]!);
    const known = lastWithin(
      found,
      (other) => projections[unit]! - projections[other]! <= reach * length,
      (other) => areSame(rows, unit, other, (tolerance * length) ** 2),
    );
    if (!known) found.push(unit);
  }
  return found.length;
}

/** Whether any of the last entries, as far back as `near` holds, satisfies `same`. */
function lastWithin(found: readonly number[], near: (unit: number) => boolean, same: (unit: number) => boolean) {
  for (let index = found.length - 1; index >= 0 && near(found[index]!); index -= 1) {
    if (same(found[index]!)) return true;
  }
  return false;
}

function areSame(rows: readonly Float32Array[], a: number, b: number, most: number): boolean {
  let square = 0;
  for (const row of rows) {
    square += (row[a]! - row[b]!) ** 2;
    if (square > most) return false;
  }
  return true;
}

/** A fixed number in [-1, 1) for each place, without pattern: the top bits of a multiplicative hash. */
const direction = (place: number): number => Math.imul(place + 1, 0x9e3779b1) / 2 ** 31;
