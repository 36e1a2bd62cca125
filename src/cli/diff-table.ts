import type { Diff, DiffRow } from '../report/diff/compare.ts';
import type { Metric } from '../report/metrics.ts';
import type { Estimate } from '../report/statistics/interval.ts';
import { painter } from './colour.ts';
import { engineering, signedPercent } from './format.ts';
import { renderMarkdown } from './markdown.ts';
import { renderTable, wrapped, type TableColumn, type TableOptions } from './table.ts';

interface DiffColumn extends TableColumn {
  text(row: DiffRow): string;
}

const LEGEND =
  'Means with 95 % intervals: geometric for FLOPs, times and speedups, whose change is that of the ratio; arithmetic ' +
  'for the rest. p: exact sign-flip test over pairs of equal seeds, Mann-Whitney test where n is a sum; adjusted for ' +
  "the whole table by Holm's method. = the same to the last digit, ~ no difference detected.";

/** A comparison for people: metric by metric, a line an arm, warnings below. */
export function diffText(diff: Diff, options: TableOptions): string {
  const { columns, notes } = layout(diff);
  const paint = painter(options.colour);
  const table = renderTable(
    columns,
    diff.rows.map((row) => ({ cells: columns.map((column) => column.text(row)), group: row.metric.name })),
    options,
  );
  const warnings = [
    ...notes.map((note, index) => `${index + 1}  ${note}`),
    ...diff.warnings.map((text) => `!  ${text}`),
  ];
  return [
    table,
    block(wrapped(LEGEND, options.columns, '').map((line) => paint(line, 'dim'))),
    ...(warnings.length === 0
      ? []
      : [
          block(warnings.flatMap((text) => wrapped(text, options.columns, '   ')).map((line) => paint(line, 'yellow'))),
        ]),
  ].join('\n');
}

/** The same in Markdown. */
export function diffMarkdown(diff: Diff): string {
  const { columns, notes } = layout(diff);
  const table = renderMarkdown(
    columns,
    diff.rows.map((row) => columns.map((column) => column.text(row))),
  );
  const warnings = [
    ...notes.map((note, index) => `${index + 1}. ${note}`),
    ...diff.warnings.map((text) => `- ${text}`),
  ];
  return [table, `${LEGEND}\n`, ...(warnings.length === 0 ? [] : [block(warnings)])].join('\n');
}

const block = (lines: readonly string[]): string => `${lines.join('\n')}\n`;

function layout({ rows, reference, candidate }: Diff): { columns: DiffColumn[]; notes: string[] } {
  const notes = [...new Set(rows.flatMap(({ warnings }) => warnings))];
  const column = (title: string, align: 'left' | 'right', droppable: number, text: (row: DiffRow) => string) => ({
    ...{ title, align, droppable, text },
  });
  const columns = [
    column('metric', 'left', 0, ({ metric }) => metric.name),
    column('arm', 'left', 0, ({ name }) => name),
    column(reference, 'right', 2, ({ metric, contrast }) => meanText(metric, contrast.reference)),
    column(candidate, 'right', 2, ({ metric, contrast }) => meanText(metric, contrast.candidate)),
    column('change', 'right', 0, ({ metric, contrast }) => changeText(metric, contrast.delta)),
    column('p', 'right', 1, ({ p }) => (p === null ? '' : pText(p))),
    column('n', 'right', 3, ({ contrast }) => countText(contrast)),
    column('', 'left', 0, verdictText),
    ...(notes.length === 0
      ? []
      : [column('notes', 'left', 0, (row) => row.warnings.map((text) => notes.indexOf(text) + 1).join(','))]),
  ];
  return { columns, notes };
}

function valueText({ name, unit, scale, decimals }: Metric, value: number): string {
  if (unit === 'FLOPs') return engineering(value);
  if (scale === 'speedup') return signedPercent(value);
  return `${value.toFixed(name === 'steps' ? 0 : decimals)}${unit === 's' ? ' s' : ''}`;
}

/** A mean and how far its interval reaches on the longer side: in percent on a ratio's scale, in points for speedups. */
function meanText(metric: Metric, { value, low, high }: Estimate): string {
  if (value === null) return '';
  const text = valueText(metric, value);
  if (low === null || high === null || metric.exact) return text;
  const reach = Math.max(high - value, value - low);
  switch (metric.scale) {
    case 'difference':
      return `${text} ± ${reach.toFixed(metric.decimals)}`;
    case 'ratio':
      return `${text} ± ${percent(reach / value)}`;
    case 'speedup':
      return `${text} ± ${percent(reach)}`;
  }
}

const percent = (share: number): string => `${(100 * share).toFixed(share < 0.0995 ? 1 : 0)}%`;

function changeText(metric: Metric, { value, low, high }: Estimate): string {
  if (value === null) return '';
  const text = (number: number) =>
    metric.scale === 'difference' ? signed(number, metric.decimals) : signedPercent(number);
  return low === null || high === null || metric.exact ? text(value) : `${text(value)} (${text(low)} to ${text(high)})`;
}

function signed(value: number, digits: number): string {
  const text = value.toFixed(digits);
  if (Number(text) === 0) return (0).toFixed(digits);
  return value > 0 ? `+${text}` : text;
}

const pText = (p: number): string => (p < 0.0001 ? '<0.0001' : p.toFixed(4));

const countText = ({ test, n: [before, after] }: DiffRow['contrast']): string =>
  test === 'sign-flip' ? String(before) : `${before}+${after}`;

function verdictText({ verdict, needs }: DiffRow): string {
  switch (verdict) {
    case 'better':
    case 'worse':
    case 'changed':
    case 'missing':
    case 'added':
      return verdict;
    case 'equal':
      return '=';
    case 'undetected':
      return '~';
    case 'noise':
      return '~ within noise';
    case 'untestable':
      return `~ needs at least ${String(needs)} seeds`;
    case 'untested':
      return 'not tested';
  }
}
