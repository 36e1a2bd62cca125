import { CsvError } from 'csv-parse';
import { parse } from 'csv-parse/sync';
import { UserError } from '../../errors.ts';

/** A CSV as texts, column by column, every column as long as the others. */
export interface CsvTexts {
  readonly header: readonly string[];
  readonly columns: readonly (readonly string[])[];
  readonly rows: number;
  /** The line, counted from 1, on which a row (counted from 0) ends. */
  lineOf(row: number): number;
}

/**
 * Reads a CSV after RFC 4180: fields separated by commas, quoted where they must be, any line ends, with or without a
 * byte-order mark. Throws a UserError that names the line where the text is no such thing, or a row is not as wide as
 * the header.
 */
export function parseCsv(path: string, bytes: Uint8Array): CsvTexts {
  const text = decoded(path, bytes);
  const columns = parsed(path, text);
  const header = columns.map(([name]) => name!);
  if (header.length === 0) throw new UserError(`${path} is empty`, 'A table has a header and at least one row.');
  checkHeader(path, header);
  const rows = columns[0]!.length - 1;
  if (rows === 0) {
    throw new UserError(`${path} has a header but no rows`, 'There is nothing to compare: has the sweep run?');
  }
  return { header, columns: columns.map((column) => column.slice(1)), rows, lineOf: (row) => lineOf(text, row) };
}

function decoded(path: string, bytes: Uint8Array): string {
  const wide = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
  if (!wide) {
    try {
      const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
      if (!text.includes('\0')) return text;
      const line = text.slice(0, text.indexOf('\0')).split('\n').length;
      throw new UserError(`${path}:${line}: there is a NUL character`, 'This is a binary file, or a damaged one.');
    } catch (error) {
      if (error instanceof UserError) throw error;
    }
  }
  throw new UserError(`${path} is not UTF-8 text`, 'Save it as UTF-8.');
}

/** The fields column by column, names first. */
function parsed(path: string, text: string): string[][] {
  try {
    const records: string[][] = parse(text, { bom: true, skip_empty_lines: true });
    return (records[0] ?? []).map((_, at) => records.map((fields) => fields[at]!));
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw damage(path, error);
  }
}

function damage(path: string, error: CsvError): UserError {
  const narrow = error.code === 'CSV_RECORD_INCONSISTENT_FIELDS_LENGTH';
  const column = !narrow && typeof error['column'] === 'number' ? `, column ${error['column'] + 1}` : '';
  const [message, hint] = describe(error);
  return new UserError(`${path}:${String(error['lines'])}${column}: ${message}`, hint, { cause: error });
}

function describe(error: CsvError): readonly [message: string, hint: string] {
  if (error.code === 'CSV_RECORD_INCONSISTENT_FIELDS_LENGTH') {
    const got = Array.isArray(error['record']) ? error['record'].length : 0;
    return [`the row has ${got} fields, not as many as the header`, 'Was the file cut short, or a comma not quoted?'];
  }
  if (error.code === 'CSV_QUOTE_NOT_CLOSED') {
    return ['a quote is opened and never closed', 'Was the file cut short?'];
  }
  return ['a quote stands where none may stand', 'A field with quotes in it is written as "a ""quoted"" word".'];
}

function checkHeader(path: string, header: readonly string[]): void {
  for (const [index, name] of header.entries()) {
    const where = `${path}:1, column ${index + 1}`;
    if (name.trim() === '') {
      throw new UserError(`${where}: the column has no name`, 'Name it or leave it out (pandas: index=False).');
    }
    if (header.indexOf(name) < index) {
      throw new UserError(`${where}: there is a column "${name}" before`, 'Give every column a name of its own.');
    }
  }
}

/** Parses a second time, counting lines: quoted fields may span several. Only a mistake needs to know. */
function lineOf(text: string, row: number): number {
  const records = parse(text, { bom: true, skip_empty_lines: true, info: true, to: row + 2 });
  const last = records.at(-1) as { readonly info: { readonly lines: number } } | undefined;
  return last?.info.lines ?? 1;
}
