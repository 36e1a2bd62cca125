import { painter } from './colour.ts';

export interface TableColumn {
  readonly title: string;
  readonly align: 'left' | 'right';
  /** Where the terminal is narrow, columns with low numbers are taken before those with high ones; 0 always stays. */
  readonly droppable: number;
}

/** A row's text in each column; a text of several lines makes a row of several lines. */
export interface TableRow {
  readonly cells: readonly string[];
  /** A blank line stands between rows of different groups. */
  readonly group: string;
  /** Shown in bold: what the others are compared with. */
  readonly marked?: boolean;
}

export interface TableOptions {
  /** Width of the terminal in characters; no line is wider, unless the columns that always stay are. */
  readonly columns: number;
  readonly colour: boolean;
}

const GAP = '  ';

/**
 * A table of columns as wide as their widest text. Where they do not fit, whole columns are left out and named below:
 * a number is never cut. Ends with a line break.
 */
export function renderTable(columns: readonly TableColumn[], rows: readonly TableRow[], options: TableOptions): string {
  const paint = painter(options.colour);
  const widths = columns.map((column, index) => widest([column.title, ...rows.map(({ cells }) => cells[index] ?? '')]));
  const shown = fittingColumns(columns, widths, options.columns);
  const line = (texts: readonly string[]) =>
    shown
      .map((index) => aligned(texts[index] ?? '', widths[index]!, columns[index]!.align))
      .join(GAP)
      .trimEnd();
  const header = line(columns.map(({ title }) => title));
  const body = rows.flatMap((row, index) => [
    ...(index > 0 && rows[index - 1]!.group !== row.group ? [''] : []),
    ...physicalLines(row, shown).map((texts) => (row.marked === true ? paint(line(texts), 'bold') : line(texts))),
  ]);
  const left = columns.filter((_, index) => !shown.includes(index)).map(({ title }) => title);
  const note = left.length === 0 ? [] : ['', ...wrapped(`Too narrow for: ${left.join(', ')}`, options.columns, '')];
  return `${[paint(header, 'dim'), ...body, ...note.map((text) => paint(text, 'dim'))].join('\n')}\n`;
}

/** Whether all columns fit side by side. */
export function fits(columns: readonly TableColumn[], rows: readonly TableRow[], width: number): boolean {
  const widths = columns.map((column, index) => widest([column.title, ...rows.map(({ cells }) => cells[index] ?? '')]));
  return fittingColumns(columns, widths, width).length === columns.length;
}

/** Columns by importance, each that still fits beside those taken before it; in their order. */
function fittingColumns(columns: readonly TableColumn[], widths: readonly number[], available: number): number[] {
  const byImportance = columns.map((_, index) => index).sort((a, b) => columns[a]!.droppable - columns[b]!.droppable);
  let used = -GAP.length;
  const taken = byImportance.filter((index) => {
    const width = widths[index]! + GAP.length;
    if (columns[index]!.droppable > 0 && used + width > available) return false;
    used += width;
    return true;
  });
  return taken.sort((a, b) => a - b);
}

/** As many lines as the tallest of the columns shown. */
function physicalLines(row: TableRow, shown: readonly number[]): string[][] {
  const split = row.cells.map((text) => text.split('\n'));
  const height = Math.max(1, ...shown.map((index) => split[index]?.length ?? 1));
  return Array.from({ length: height }, (_, line) => split.map((lines) => lines[line] ?? ''));
}

const widest = (texts: readonly string[]): number =>
  Math.max(0, ...texts.flatMap((text) => text.split('\n').map(({ length }) => length)));

const aligned = (text: string, width: number, align: TableColumn['align']): string =>
  align === 'left' ? text.padEnd(width) : text.padStart(width);

/** Text broken at spaces into lines of at most `width` characters; lines after the first start with `indent`. */
export function wrapped(text: string, width: number, indent: string): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(lines.length === 0 ? word : `${indent}${word}`);
  }
  return lines;
}
