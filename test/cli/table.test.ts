import { describe, expect, test } from 'vitest';
import { resultsTable } from '../../src/cli/results-table.ts';
import { renderTable, type TableColumn } from '../../src/cli/table.ts';
import { armRows } from '../../src/report/arms.ts';
import { metrics, plan, records } from '../report/records.ts';

const columns: readonly TableColumn[] = [
  { title: 'arm', align: 'left', droppable: 0 },
  { title: 'loss', align: 'right', droppable: 1 },
  { title: 'seconds', align: 'right', droppable: 2 },
];
const rows = [
  { cells: ['full', '5.5', '10'], group: 'baseline', marked: true },
  { cells: ['stack', '15.25', '8'], group: 'depth' },
];
const plain = (width: number) => renderTable(columns, rows, { columns: width, colour: false });

describe('a table', () => {
  test('aligns columns and parts groups by a blank line', () => {
    expect(plain(80)).toBe(
      ['arm     loss  seconds', 'full     5.5       10', '', 'stack  15.25        8', ''].join('\n'),
    );
  });

  test('leaves out whole columns where it is too narrow, the least important first, and says which', () => {
    expect(plain(14)).toContain('stack  15.25\n');
    expect(plain(14).replaceAll('\n', ' ')).toContain('Too narrow for: seconds');
    expect(plain(8).replaceAll('\n', ' ')).toContain('Too narrow for: loss, seconds');
  });

  test('keeps the columns that always stay, even where they do not fit', () => {
    expect(plain(3)).toMatch(/^stack$/m);
  });

  test('gives a row as many lines as the tallest of the columns that are shown', () => {
    const tall = [{ cells: ['full', 'a\nb', '1\n2\n3\n4'], group: '' }];
    const lines = renderTable(columns, tall, { columns: 12, colour: false }).split('\n');
    expect(lines.slice(1, 4)).toEqual(['full     a', '         b', '']);
  });

  test('marks the baseline in bold, and only where colours are wanted', () => {
    const coloured = renderTable(columns, rows, { columns: 80, colour: true });
    expect(coloured).toContain('\u001B[1mfull     5.5       10\u001B[22m');
    expect(plain(80)).not.toContain('\u001B');
  });
});

describe('the results on a terminal', () => {
  const table = (width: number) => resultsTable(armRows(plan, records, metrics), { columns: width, colour: false });

  test('show mean and standard deviation over seeds, percent for scores, warnings as notes', () => {
    expect(table(200).split('\n').slice(0, 4)).toEqual([
      'dimension  arm    n  FLOPs  speedup    time  speedup (time)           loss       topic  topic macro_f1        span       score  delta  notes',
      'baseline   full   2  4.90M    +0.0%  11.0 s           +0.0%  5.600 ± 0.141  63.0 ± 2.8      50.0 ± 0.0  15.0 ± 7.1  39.0 ± 4.9    0.0  1',
      '',
      'depth      stack  2  4.02M   +22.0%   8.3 s          +32.8%  5.475 ± 0.194  61.0 ± 1.4      50.0 ± 0.0  20.0 ± 7.1  40.5 ± 4.2   +1.5  1,2',
    ]);
    expect(table(200)).toContain('\n1  n=2: spread only indicative\n');
  });

  test.each([60, 80, 100, 120])('are never wider than %d columns', (width) => {
    const lines = table(width).split('\n');
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(width);
    expect(lines.some((line) => line.includes('stack') && line.includes('+22.0%') && line.includes('5.475'))).toBe(
      true,
    );
  });

  test('keep the score to the last where tasks do not fit', () => {
    expect(table(60)).toContain('40.5 ± 4.2');
    expect(table(60)).not.toContain('61.0');
  });
});
