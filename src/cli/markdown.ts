import type { TableColumn } from './table.ts';

/** A table in GitHub's Markdown, its columns padded as Prettier pads them. Ends with a line break. */
export function renderMarkdown(
  columns: readonly Pick<TableColumn, 'title' | 'align'>[],
  rows: readonly (readonly string[])[],
): string {
  const lines = [columns.map(({ title }) => title), ...rows].map((cells) => cells.map(escaped));
  const widths = columns.map((_, index) => Math.max(3, ...lines.map((cells) => (cells[index] ?? '').length)));
  const line = (cells: readonly string[]) =>
    `| ${columns
      .map(({ align }, index) => {
        const text = cells[index] ?? '';
        return align === 'left' ? text.padEnd(widths[index]!) : text.padStart(widths[index]!);
      })
      .join(' | ')} |`;
  const rule = columns.map(({ align }, index) =>
    align === 'left' ? '-'.repeat(widths[index]!) : `${'-'.repeat(widths[index]! - 1)}:`,
  );
  const [header = [], ...body] = lines;
  return `${[header, rule, ...body].map(line).join('\n')}\n`;
}

/** Bars end a cell, asterisks and angle brackets mark it up; underscores inside a word do nothing. */
const escaped = (text: string): string => text.replace(/\n/g, ' ').replace(/[\\|*<]/g, '\\$&');
