import { describe, expect, test } from 'vitest';
import { UserError } from '../../../src/errors.ts';
import { compare } from '../../../src/report/diff/compare.ts';
import { csvTable } from '../../../src/report/diff/csv-table.ts';
import { parseCsv } from '../../../src/report/diff/parse-csv.ts';
import { DAMAGED, WHOLE } from './damaged.ts';
import { OPTIONS } from './tables.ts';

const bytes = (csv: string | Uint8Array) => (typeof csv === 'string' ? Buffer.from(csv) : csv);
const read = (csv: string | Uint8Array, label = 'table.csv') =>
  csvTable(label, 'table.csv', parseCsv('table.csv', bytes(csv)), { key: null, metrics: [] }, new Map());

describe('a damaged CSV is told apart by file, line and column', () => {
  test.each(DAMAGED)('%s', (_, csv, said) => {
    let error: unknown;
    try {
      read(csv);
    } catch (caught) {
      error = caught;
    }
    expect(error).toBeInstanceOf(UserError);
    expect((error as UserError).message).toMatch(said);
    expect((error as UserError).message).toMatch(/^table\.csv/);
    expect((error as UserError).hint).not.toBe('');
  });

  test('at least forty ways', () => {
    expect(DAMAGED.length).toBeGreaterThanOrEqual(40);
  });
});

describe('what is the same table', () => {
  const same = read(WHOLE);
  test.each([
    ['with a byte-order mark', `\uFEFF${WHOLE}`],
    ['with CRLF', WHOLE.replaceAll('\n', '\r\n')],
    ['without the last line end', WHOLE.trimEnd()],
    ['with blank lines at its end', `${WHOLE}\n\n`],
    ['with every field quoted', WHOLE.replace(/[^,\n]+/g, '"$&"')],
    ['with numbers in powers of ten', WHOLE.replaceAll('400', '4e2').replaceAll('300', '+3.0E2')],
  ])('%s', (_, csv) => {
    expect(read(csv)).toEqual(same);
  });

  test('its empty fields are no numbers, and never 0', () => {
    const { metrics } = read(WHOLE.replace('5.6', ''));
    expect([...metrics.get('loss')!.values]).toEqual([5.5, NaN, 5.7, 5.4]);
  });

  test('rows of cells that failed or have not run do not enter', () => {
    const { done, failed } = read(WHOLE.replace('0,done', '0,failed').replace('full,1,done', 'full,1,pending'));
    expect([done, failed]).toEqual([[false, false, true, true], [1, 0, 0, 0]]); // prettier-ignore
  });
});

test('a million rows are read in less than 5 s of processor time', () => {
  const rows = Array.from(
    { length: 1_000_000 },
    (_, row) => `arm${row % 10},${Math.floor(row / 10)},${5 + (row % 997) / 997}`,
  );
  const csv = Buffer.from(`arm,seed,loss\n${rows.join('\n')}\n`);
  const before = process.cpuUsage();
  const table = read(csv);
  const { user, system } = process.cpuUsage(before);
  expect(table.rows).toBe(1_000_000);
  expect((user + system) / 1e6).toBeLessThan(5);
  expect(table.metrics.get('loss')!.values[999_999]).toBeCloseTo(5 + (999_999 % 997) / 997, 12);
});

test('a table compared with itself is equal in everything', () => {
  const { rows } = compare(read(WHOLE, 'A'), read(WHOLE, 'B'), OPTIONS);
  expect(rows.map(({ metric, name, verdict }) => [metric.name, name, verdict])).toEqual([
    ['flops', 'full', 'equal'],
    ['flops', 'stack', 'equal'],
    ['loss', 'full', 'equal'],
    ['loss', 'stack', 'equal'],
    ['score', 'full', 'equal'],
    ['score', 'stack', 'equal'],
  ]);
});
