import { parse } from 'csv-parse/sync';
import { describe, expect, test } from 'vitest';
import { armRows } from '../../../src/report/arms.ts';
import { resultsCsv } from '../../../src/report/results.ts';
import { planSweep } from '../../../src/run/plan.ts';
import { failure, metrics, plan, recordOf, records } from '../records.ts';
import { finished, full, pageOf, planOf, stack, textsOf } from './fixtures.ts';

const eight = planOf(8);
const all = eight.cells.map((cell) => finished(cell, 50 + cell.seed - (cell.arm === 'stack' ? 2 : 0)));

describe('the numbers of the page', () => {
  test.each([
    ['two seeds', plan, records],
    ['eight seeds', eight, all],
  ])('are those of results.csv: %s', (_, own, of) => {
    const { document } = pageOf(own, of);
    const csv: Record<string, string>[] = parse(resultsCsv(armRows(own, of, metrics)), { columns: true });
    const shown = new Set<string>();
    for (const line of document.querySelectorAll('table.results tbody tr, table.tasks tbody tr')) {
      const row = csv.find(({ arm }) => arm === line.querySelector('th')!.textContent)!;
      for (const number of line.querySelectorAll('data')) {
        const column = number.getAttribute('class')!;
        expect([column, number.getAttribute('value')]).toEqual([column, row[column]]);
        shown.add(`${row.arm!} ${column}`);
      }
    }
    const wanted = Object.keys(csv[0]!).filter((name) => /^(?:n|flops|speedup_.*|loss.*|score.*|.*\..*)$/.test(name));
    const known = wanted.filter((name) => csv[1]![name] !== '');
    expect(known.filter((name) => !shown.has(`stack ${name}`))).toEqual([]);
  });

  test('are rounded for reading, with a sign where they are differences', () => {
    const { document } = pageOf(eight, all);
    const line = [...document.querySelectorAll('table.results tbody tr')][1]!;
    expect(line.querySelector('.score_delta')!.textContent).toBe('−2.0');
    expect(line.querySelector('.speedup_flops')!.textContent).toBe('+22.0%');
    expect(line.querySelector('.finding.worse')).not.toBeNull();
  });
});

describe('names and questions are text, whatever they are', () => {
  const nasty = '<script>alert("1")</script> & <b>\'s';
  const own = planSweep({ ...plan.comparison, question: nasty, arms: [full, { ...stack, name: nasty }] });
  const { text, document } = pageOf(
    own,
    own.cells.map((cell) => finished(cell, 50)),
  );

  test('in the title, the heading, the tables and the charts', () => {
    expect(textsOf(document, 'script')).toEqual([]);
    expect(text).not.toContain('<script');
    expect(textsOf(document, 'h1')).toEqual([nasty]);
    expect(textsOf(document, 'title')[0]).toBe(nasty);
    expect(textsOf(document, 'table.results tbody th')).toContain(nasty);
    const labels = [...document.querySelectorAll('svg')].map((svg) => svg.getAttribute('aria-label'));
    expect(labels.filter((label) => label?.includes(nasty)).length).toBeGreaterThan(0);
  });
});

describe('the page stands alone', () => {
  const { text, document } = pageOf(eight, all);

  test('it loads nothing and runs nothing', () => {
    expect(text).not.toMatch(/https?:|\bsrc=|\bhref=|@import|url\((?!#)|<script|<link|\bon\w+=/);
  });

  test('it is closed, and balanced in every element that has a body', () => {
    for (const name of [
      'html',
      'body',
      'section',
      'figure',
      'table',
      'tr',
      'td',
      'th',
      'svg',
      'g',
      'text',
      'p',
      'dl',
    ]) {
      const count = (pattern: string) => text.match(new RegExp(pattern, 'g'))?.length ?? 0;
      const empty = count(`<${name}(?:\\s[^<>]*)?/>`);
      expect([name, count(`<${name}(?=[\\s>])`) - empty]).toEqual([name, count(`</${name}>`)]);
    }
  });

  test('every chart says in words what it shows, and its own words are text', () => {
    const charts = [...document.querySelectorAll('svg')];
    // Two trade-offs, four curves, one of growths, two schedules.
    expect(charts.length).toBe(9);
    for (const chart of charts) {
      expect(chart.getAttribute('role')).toBe('img');
      expect(chart.getAttribute('aria-label')).toMatch(/full|stack|Stage 1/);
      expect([...chart.querySelectorAll('text')].length).toBeGreaterThan(3);
    }
  });

  test('colours are left to the style, which knows both schemes and print', () => {
    const colours = [...text.matchAll(/(?:fill|stroke)="([^"]*)"/g)].map(([, colour]) => colour!);
    expect(colours.filter((colour) => !/^(?:var\(--[a-z]+\)|currentColor|none)$/.test(colour))).toEqual([]);
    expect(text).toContain('prefers-color-scheme: dark');
    expect(text).toContain('@media print');
  });
});

describe('what did not end well', () => {
  const four = planOf(4, [full, stack]);
  const of = four.cells.flatMap((cell) => {
    if (cell.arm === 'full') return [finished(cell, 50)];
    if (cell.seed === 0) return [failure(cell, 'out of <memory>\nat line 3')];
    if (cell.seed === 1) return [recordOf(cell, { status: 'diverged', loss: null, width: null })];
    return cell.seed === 2 ? [] : [finished(cell, 49)];
  });

  test('failed, diverged and pending cells are called so', () => {
    const { document } = pageOf(four, of);
    const line = [...document.querySelectorAll('table.cells tbody tr')][1]!;
    expect(textsOf(line, 'td')).toEqual(['failed: out of <memory>', 'diverged', 'pending', '5.000']);
    expect(textsOf(document, '.verdict .note')[0]).toContain('Cells: 5 of 8 done, 1 failed, 1 diverged, 1 pending.');
    expect(textsOf(document, '.warnings li')).toContain('1 of 4 cells failed: out of <memory> (stack)');
  });

  test('a sweep of which nothing ran has a page that says so', () => {
    const { document } = pageOf(four, []);
    expect(textsOf(document, '.verdict p')[0]).toBe('No verdict: the baseline, full, has no finished cell.');
    expect(new Set(textsOf(document, 'table.cells td'))).toEqual(new Set(['pending']));
  });

  test('a sweep of which no cell ended well has one too', () => {
    const diverged = four.cells.map((cell) => recordOf(cell, { status: 'diverged', loss: null, width: null }));
    expect(
      textsOf(pageOf(four, diverged).document, 'table.results td').filter((text) => /NaN|null/.test(text)),
    ).toEqual([]);
  });
});

test('a grid has a verdict, a table and a section for each of its points', () => {
  const at = (rate: number) =>
    [full, stack].map((arm) => ({
      ...arm,
      point: { 'train.rate': rate },
      settings: { ...arm.settings, train: { ...arm.settings.train, rate } },
    }));
  const own = planOf(2, [...at(0.001), ...at(0.002)]);
  const { document } = pageOf(
    own,
    own.cells.map((cell) => finished(cell, 50)),
  );
  expect(textsOf(document, '.verdict b')).toEqual(['train.rate=0.001', 'train.rate=0.002']);
  expect(textsOf(document, 'h2').filter((text) => text.startsWith('Results'))).toEqual([
    'Results at train.rate=0.001',
    'Results at train.rate=0.002',
  ]);
  expect([...document.querySelectorAll('table.results')].length).toBe(2);
});

test('the growths are in the page: loss before, after, change, and the units that differ', () => {
  const { document } = pageOf(eight, all);
  expect(textsOf(document, 'table.growths tbody tr:first-child td')).toEqual([
    '1',
    '6',
    '5.500',
    '5.750',
    '+0.250 ± 0.000',
    '8',
    '8',
    '15 of 16',
    '8',
    '8',
    '8 of 8',
  ]);
});
