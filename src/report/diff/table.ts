import type { Metric } from '../metrics.ts';

/** A column of numbers, one a row; NaN where there is none. */
export interface NumberColumn {
  readonly metric: Metric;
  readonly values: Float64Array;
}

/** One side of a comparison, column by column, so that a million rows are no burden. */
export interface Table {
  readonly label: string;
  /** `cells`: a row a seed. `results`: a row an arm, its numbers means already, of which nothing can be tested. */
  readonly kind: 'cells' | 'results';
  readonly rows: number;
  /** Columns that say what a row is: arm, dimension, settings. */
  readonly configuration: ReadonlyMap<string, readonly string[]>;
  /** What rows must share to be comparable: engine, device, versions. Empty where that is not known. */
  readonly traits: ReadonlyMap<string, readonly string[]>;
  readonly seeds: readonly (number | string)[] | null;
  /** Whether a row's cell was trained to the end: only such rows enter. */
  readonly done: readonly boolean[];
  /** Cells behind a row that failed or diverged. */
  readonly failed: readonly number[];
  readonly metrics: ReadonlyMap<string, NumberColumn>;
  /** What a reader should know about the file itself. */
  readonly notes: readonly string[];
}
