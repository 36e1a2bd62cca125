import type { ArmRow, Summary } from '../report/arms.ts';
import { pointText } from '../run/spec.ts';
import { engineering, signedPercent } from './format.ts';
import { painter } from './colour.ts';
import { renderTable, wrapped, type TableColumn, type TableOptions } from './table.ts';

interface ResultColumn extends TableColumn {
  text(row: ArmRow): string;
}

/** In percent, as GLUE and SQuAD report it. */
const PERCENT = 100;

/**
 * The results of a sweep for people: a line per arm, grouped by dimension, the baseline first and marked, numbers as
 * mean ± standard deviation over seeds, warnings as numbered notes below. Empty where nothing is known.
 */
export function resultsTable(rows: readonly ArmRow[], options: TableOptions): string {
  const notes = [...new Set(rows.flatMap(({ warnings }) => warnings))];
  const columns = resultColumns(rows, notes);
  const table = renderTable(
    columns,
    rows.map((row) => ({
      cells: columns.map((column) => column.text(row)),
      group: [...Object.values(row.point).map(pointText), row.dimension].join(' '),
      marked: row.dimension === 'baseline',
    })),
    options,
  );
  const paint = painter(options.colour);
  const footnotes = notes.flatMap((note, index) => wrapped(`${index + 1}  ${note}`, options.columns, '   '));
  const legend = wrapped(legendText(rows), options.columns, '');
  return [
    table,
    `${legend.map((line) => paint(line, 'dim')).join('\n')}\n`,
    ...(footnotes.length === 0 ? [] : [`${footnotes.map((line) => paint(line, 'yellow')).join('\n')}\n`]),
  ].join('\n');
}

function legendText(rows: readonly ArmRow[]): string {
  const baseline =
    rows[0] === undefined
      ? ''
      : ` Speedups are against ${rows[0].arm}${Object.keys(rows[0].point).length === 0 ? '' : ' at the same point'}: its cost over the arm's, minus 1.`;
  return `Mean ± standard deviation over n seeds; loss in nats per masked token, scores in percent.${baseline}`;
}

function resultColumns(rows: readonly ArmRow[], notes: readonly string[]): ResultColumn[] {
  const left = (title: string, droppable: number, text: (row: ArmRow) => string): ResultColumn => ({
    title,
    align: 'left',
    droppable,
    text,
  });
  const right = (title: string, droppable: number, text: (row: ArmRow) => string): ResultColumn => ({
    ...left(title, droppable, text),
    align: 'right',
  });
  const metrics = rows[0]?.metrics ?? [];
  // A task's first metric says most of it; its others go early.
  const isFirst = (index: number) => metrics[index - 1]?.task !== metrics[index]?.task;
  return [
    ...[...new Set(rows.flatMap(({ point }) => Object.keys(point)))].map((key) =>
      left(key, 0, ({ point }) => (point[key] === undefined ? '' : pointText(point[key]))),
    ),
    left('dimension', 8, ({ dimension }) => dimension),
    left('arm', 0, ({ arm }) => arm),
    right('n', 6, ({ n, failed }) => (failed === 0 ? String(n) : `${n} (${failed} failed)`)),
    right('FLOPs', 5, ({ flops }) => known(flops, engineering)),
    right('speedup', 0, ({ speedupFlops }) => known(speedupFlops, signedPercent)),
    right('time', 7, ({ seconds }) => known(seconds, (value) => `${value.toFixed(1)} s`)),
    right('speedup (time)', 4, ({ speedupTime }) => known(speedupTime.median, signedPercent)),
    right('loss', 0, ({ loss }) => spread(loss, 3, 1)),
    ...metrics.map(({ task, metric }, index) =>
      right(isFirst(index) ? task : `${task} ${metric}`, isFirst(index) ? 3 : 9, (row) =>
        spread(row.metrics[index]!, 1, PERCENT),
      ),
    ),
    ...(metrics.length === 0
      ? []
      : [
          right('score', 1, ({ score }) => spread(score, 1, 1)),
          right('delta', 2, ({ scoreDelta }) => known(scoreDelta, (value) => signed(value))),
        ]),
    ...(notes.length === 0
      ? []
      : [left('notes', 0, (row) => row.warnings.map((text) => notes.indexOf(text) + 1).join(','))]),
  ];
}

const known = (value: number | null, text: (value: number) => string): string => (value === null ? '' : text(value));

const spread = ({ mean, sd }: Summary, digits: number, scale: number): string =>
  known(
    mean,
    (value) => `${(scale * value).toFixed(digits)}${known(sd, (sd) => ` ± ${(scale * sd).toFixed(digits)}`)}`,
  );

function signed(value: number): string {
  const text = value.toFixed(1);
  if (Number(text) === 0) return '0.0';
  return value > 0 ? `+${text}` : text;
}
