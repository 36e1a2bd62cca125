import { UserError } from '../../errors.ts';
import { lineFault, linesOf } from '../lines.ts';
import type { BadLine, Source } from '../source.ts';

/** The columns that an example is made of, each by the names that it has in one file or another. */
export interface Columns {
  readonly text: readonly string[];
  readonly pair?: readonly string[];
  /** Not given for a set without labels. */
  readonly label?: readonly string[];
}

/** What examples are counted by in one file or another. */
const INDEX = ['index', 'id', 'idx'];

/** An example as it is written. */
export interface Row {
  readonly line: number;
  readonly text: string;
  readonly pair: string | null;
  /** Empty where no label is wanted. */
  readonly label: string;
  /** As the file has it; null where it has none. */
  readonly index: string | null;
}

/** What a file holds: `lines` counts those that could be examples. */
export interface Rows {
  readonly rows: readonly Row[];
  readonly bad: readonly BadLine[];
  readonly lines: number;
}

/**
 * The rows of a file of GLUE: tab-separated with quotes taken as they are, as GLUE's own readers do, or one JSON object
 * a line where the name ends in .jsonl. `header` names the columns of a file that has no line for them. A line of
 * another form is counted as bad. Throws a UserError for a file without a needed column.
 */
export function readRows(source: Source, columns: Columns, header: readonly string[] | null): Rows {
  const lines = linesOf(source);
  return /\.(jsonl|parquet)$/.test(source.name) ? jsonRows(lines, columns) : tabRows(lines, columns, header, source);
}

/** GLUE's widest file has 19. */
const MOST_COLUMNS = 1000;

type Read = (line: string) => Omit<Row, 'line'> | string;

function collect(lines: readonly string[], before: number, read: Read): Rows {
  const rows: Row[] = [];
  const bad: BadLine[] = [];
  for (const [index, text] of lines.entries()) {
    const line = before + index + 1;
    const row = lineFault(text) ?? read(text);
    if (typeof row === 'string') bad.push({ line, why: row });
    else rows.push({ line, ...row });
  }
  return { rows, bad, lines: lines.length };
}

function tabRows(lines: readonly string[], columns: Columns, header: readonly string[] | null, source: Source): Rows {
  const names = header ?? (lines[0] ?? '').split('\t', MOST_COLUMNS);
  const at = (wanted: readonly string[]): number => {
    const index = names.findIndex((name) => wanted.includes(name));
    if (index === -1) throw missingColumn(source.name, wanted, names);
    return index;
  };
  const text = at(columns.text);
  const [pair, label] = [columns.pair, columns.label].map((wanted) => (wanted === undefined ? null : at(wanted)));
  const index = names.findIndex((name) => INDEX.includes(name));
  const before = header === null ? 1 : 0;
  return collect(lines.slice(before), before, (line) => {
    const fields = line.split('\t', names.length + 1);
    if (fields.length > names.length) return `more than ${names.length} fields`;
    if (fields.length < names.length) return `${fields.length} fields instead of ${names.length}`;
    const field = (column: number | null | undefined) => (column == null ? null : fields[column]!);
    return { text: fields[text]!, pair: field(pair), label: field(label) ?? '', index: fields[index] ?? null };
  });
}

function missingColumn(name: string, wanted: readonly string[], names: readonly string[]): UserError {
  const found = names.map((column) => JSON.stringify(column.slice(0, 40))).slice(0, 20);
  return new UserError(
    `${name} must have a column "${wanted[0]!}" in its first line, got ${found.join(', ')}`,
    'It is read as GLUE has it: tab-separated, with GLUE’s own names for the columns. A test set without labels cannot be scored.',
  );
}

function jsonRows(lines: readonly string[], columns: Columns): Rows {
  return collect(lines, 0, (line) => {
    const value = parsed(line);
    if (value === null) return 'no JSON object';
    const field = (wanted: readonly string[]) =>
      wanted.map((name) => value[name]).find((one) => typeof one === 'string' || typeof one === 'number');
    const text = field(columns.text);
    const label = columns.label === undefined ? '' : field(columns.label);
    const index = field(INDEX);
    const pair = columns.pair === undefined ? null : field(columns.pair);
    if (typeof text !== 'string') return `no text "${columns.text[0]!}"`;
    if (pair !== null && typeof pair !== 'string') return `no text "${columns.pair![0]!}"`;
    if (label === undefined) return `no "${columns.label![0]!}"`;
    return { text, pair, label: String(label), index: index === undefined ? null : String(index) };
  });
}

function parsed(line: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : null;
  } catch {
    return null;
  }
}
