import { suggest, UserError } from '../../errors.ts';
import { metricNamed, otherMetric, type Metric, type TaskMetrics } from '../metrics.ts';
import type { CsvTexts } from './parse-csv.ts';
import type { NumberColumn, Table } from './table.ts';

/** What of a CSV is data for the comparison, besides what its column names say. */
export interface CsvOptions {
  /** Columns that name a row; null for the usual ones. */
  readonly key: readonly string[] | null;
  /** Columns that are metrics though growbench does not know them. */
  readonly metrics: readonly string[];
}

/** Columns of which nothing is compared: they name no configuration, and follow from others. */
const ASIDE = /^(?:id|warnings|error|seed|status|n|failed|p)$|_(?:lo|hi|sd|p|delta)$/;
const STATUSES = ['done', 'diverged', 'failed', 'pending'];

/**
 * Makes a table of `cells.csv`, of `results.csv`, or of any CSV that has a column `arm` (or the columns of `key`).
 * Throws a UserError with line and column where a field is not what its column holds.
 */
export function csvTable(label: string, path: string, csv: CsvTexts, options: CsvOptions, tasks: TaskMetrics): Table {
  const { header } = csv;
  for (const name of options.key ?? ['arm']) {
    if (!header.includes(name)) throw noColumn(path, name, header);
  }
  const reader = new ColumnReader(path, csv);
  const metricOf = (name: string): Metric | null =>
    options.key?.includes(name) === true || ASIDE.test(name)
      ? null
      : (metricNamed(name, tasks) ?? (options.metrics.includes(name) ? otherMetric(name) : null));
  const metrics = header.flatMap((name): [string, NumberColumn][] => {
    const metric = metricOf(name);
    return metric === null ? [] : [[name, { metric, values: reader.numbers(name) }]];
  });
  if (metrics.length === 0) throw noMetric(path, header);
  const status = header.includes('status') ? reader.words('status', STATUSES) : null;
  const seeds = header.includes('seed') ? reader.filled('seed') : null;
  const kind = seeds === null && header.includes('n') && header.includes('failed') ? 'results' : 'cells';
  const failed =
    kind === 'results'
      ? [...reader.numbers('failed')]
      : Array.from({ length: csv.rows }, (_, row) => failures(status?.[row]));
  const named = header.filter((name) => options.key?.includes(name) === true || (!ASIDE.test(name) && !metricOf(name)));
  return {
    label,
    kind,
    rows: csv.rows,
    configuration: new Map(named.map((name) => [name, reader.texts(name)])),
    traits: new Map(),
    seeds: seeds === null ? null : seedsOf(seeds),
    done: Array.from({ length: csv.rows }, (_, row) => status === null || status[row] === 'done'),
    failed,
    metrics: new Map(metrics),
    notes: kind === 'results' ? [`${label} holds means: differences can be tested between cells.csv files only`] : [],
  };
}

const failures = (status: string | undefined): number => (status === 'failed' || status === 'diverged' ? 1 : 0);

/** Numbers where all are whole numbers, as they are in growbench's own tables, else texts. */
const seedsOf = (texts: readonly string[]): Table['seeds'] =>
  texts.every((text) => WHOLE.test(text)) ? texts.map(Number) : texts;

const WHOLE = /^\d{1,15}$/;

function noColumn(path: string, name: string, header: readonly string[]): UserError {
  const [first = ''] = header;
  const split =
    header.length === 1 ? ['semicolons', 'tabs'][[';', '\t'].findIndex((mark) => first.includes(mark))] : undefined;
  if (split !== undefined) {
    return new UserError(`${path}:1: the columns are separated by ${split}`, 'Separate them by commas.');
  }
  return new UserError(
    `${path}:1: there is no column "${name}"`,
    `${suggest(name, header)}Rows are matched by "arm", or by the columns that --key names. There are: ${header.join(', ')}.`,
  );
}

const noMetric = (path: string, header: readonly string[]): UserError =>
  new UserError(
    `${path}:1: no column is a metric that growbench knows`,
    `Name the ones to compare with --metric. There are: ${header.join(', ')}.`,
  );

/** Takes columns out of rows, checking every field. */
class ColumnReader {
  readonly #path: string;
  readonly #csv: CsvTexts;

  constructor(path: string, csv: CsvTexts) {
    this.#path = path;
    this.#csv = csv;
  }

  texts(name: string): readonly string[] {
    return this.#csv.columns[this.#csv.header.indexOf(name)]!;
  }

  /** Texts none of which is empty. */
  filled(name: string): readonly string[] {
    const texts = this.texts(name);
    const empty = texts.findIndex((text) => text.trim() === '');
    if (empty !== -1) throw this.#fault(empty, name, `a ${name} is missing`, 'Every row must have one.');
    return texts;
  }

  words(name: string, known: readonly string[]): readonly string[] {
    const texts = this.texts(name);
    const wrong = texts.findIndex((text) => !known.includes(text));
    if (wrong !== -1)
      throw this.#fault(wrong, name, `got "${texts[wrong]!}"`, `${name} is one of ${known.join(', ')}.`);
    return texts;
  }

  /** Numbers, NaN for empty fields. */
  numbers(name: string): Float64Array {
    const values = new Float64Array(this.#csv.rows);
    for (const [row, text] of this.texts(name).entries()) {
      const value = text === '' ? NaN : Number(text);
      if (text !== '' && (!Number.isFinite(value) || !DECIMAL.test(text))) {
        throw this.#fault(
          row,
          name,
          `must be a number, got "${text}"`,
          'Leave a field empty where there is no number.',
        );
      }
      values[row] = value;
    }
    return values;
  }

  #fault(row: number, name: string, message: string, hint: string): UserError {
    const column = this.#csv.header.indexOf(name) + 1;
    return new UserError(`${this.#path}:${this.#csv.lineOf(row)}, column ${column} (${name}): ${message}`, hint);
  }
}

/** What `Number` reads besides is no decimal number: hexadecimal digits, spaces alone. */
const DECIMAL = /^ *[-+.\d][-+.\deE]* *$/;
