import { stringify } from 'csv-stringify/sync';

/** A column of a table: its name in the header, and a row's text in it; null is written as an empty field. */
export interface CsvColumn<Row> {
  readonly name: string;
  text(row: Row): string | null;
  /** The number that the text was made of; absent in columns of text. */
  readonly number?: (row: Row) => number | null;
}

/**
 * Comma-separated values after RFC 4180, but with LF line ends and no byte-order mark: one header line, then a line
 * per row, every line with every column.
 */
export function toCsv<Row>(columns: readonly CsvColumn<Row>[], rows: readonly Row[]): string {
  const lines = rows.map((row) => columns.map((column) => column.text(row) ?? ''));
  return stringify([columns.map(({ name }) => name), ...lines], { record_delimiter: '\n' });
}

/** A column of numbers with a fixed number of decimals, so that equal numbers are equal text. */
export function decimals<Row>(name: string, digits: number, value: (row: Row) => number | null): CsvColumn<Row> {
  return { name, text: (row) => fixed(value(row), digits), number: value };
}

/** A column of whole numbers, written in full however large: never in powers of ten. */
export function integers<Row>(name: string, value: (row: Row) => number | null): CsvColumn<Row> {
  return { name, text: (row) => whole(value(row)), number: value };
}

function fixed(value: number | null, digits: number): string | null {
  if (value === null || !Number.isFinite(value)) return null;
  const text = value.toFixed(digits);
  // A change too small to show has no sign either.
  return Number(text) === 0 ? (0).toFixed(digits) : text;
}

const whole = (value: number | null): string | null =>
  value === null || !Number.isFinite(value) ? null : BigInt(Math.round(value)).toString();
