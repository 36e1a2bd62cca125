import type { ArmRow, Summary } from '../arms.ts';
import { resultColumns } from '../results.ts';
import type { Estimate } from '../statistics/interval.ts';
import { html, type Markup, type Part } from './markup.ts';

/** Shows numbers of a row, each with the text that stands in `results.csv` as its value. */
export interface RowData {
  /** The number of the column `name`, as `text` writes it; null where it is not known. */
  number(name: string, row: ArmRow, text: (value: number) => string): Markup | null;
  /** A mean with its standard deviation, which the column `name`_sd has. */
  spread(name: string, row: ArmRow, of: Summary, digits: number): Part;
  /** A number with its interval, which the columns `name`_lo and `name`_hi have. */
  estimate(name: string, row: ArmRow, of: Estimate, text: (value: number) => string): Part;
}

/** For the rows of a table. */
export function rowData(rows: readonly ArmRow[]): RowData {
  const columns = new Map(resultColumns(rows).map((column) => [column.name, column]));
  const number: RowData['number'] = (name, row, text) => {
    const column = columns.get(name);
    const value = column?.number?.(row) ?? null;
    if (column === undefined || value === null) return null;
    return html`<data class="${name}" value="${column.text(row)}">${text(value)}</data>`;
  };
  return {
    number,
    spread(name, row, { mean, sd }, digits) {
      const text = (value: number) => value.toFixed(digits);
      if (mean === null || sd === null) return number(name, row, text);
      return html`${number(name, row, text)} <small>± ${number(`${name}_sd`, row, text)}</small>`;
    },
    estimate(name, row, { low, high }, text) {
      const isBaseline = row.dimension === 'baseline';
      if (low === null || high === null || isBaseline) return number(name, row, text);
      const ends = html`[${number(`${name}_lo`, row, text)}, ${number(`${name}_hi`, row, text)}]`;
      return html`${number(name, row, text)}<br /><small>${ends}</small>`;
    },
  };
}
