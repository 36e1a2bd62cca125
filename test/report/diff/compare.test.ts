import { describe, expect, test } from 'vitest';
import { compare } from '../../../src/report/diff/compare.ts';
import { parseNoise } from '../../../src/report/diff/amount.ts';
import { OPTIONS, tableOf } from './tables.ts';

const EIGHT = [5.1, 5.3, 5.2, 5.6, 5.4, 5.0, 5.5, 5.7];
const shifted = (by: number) => EIGHT.map((value) => value + by);
const column = (...values: readonly string[]) => values;

describe('what a row says', () => {
  const verdict = (metric: string, from: readonly number[], to: readonly number[], noise: readonly string[] = []) =>
    compare(tableOf('A', { [metric]: from }), tableOf('B', { [metric]: to }), {
      ...OPTIONS,
      metrics: [metric],
      noise: parseNoise(noise),
    }).rows[0]!.verdict;

  test("the metric's direction decides what is better", () => {
    expect(verdict('loss', EIGHT, shifted(-0.1))).toBe('better');
    expect(verdict('loss', EIGHT, shifted(0.1))).toBe('worse');
    expect(verdict('score', EIGHT, shifted(0.1))).toBe('better');
    expect(verdict('topic.accuracy', EIGHT, shifted(-0.1))).toBe('worse');
    expect(verdict('seconds', EIGHT, shifted(0.1))).toBe('worse');
  });

  test('every difference of an exact metric counts, though there be one seed', () => {
    expect(verdict('flops', [400], [300])).toBe('better');
    expect(verdict('speedup_flops', [0.5], [0.4])).toBe('worse');
    expect(verdict('steps', [100], [200])).toBe('changed');
  });

  test('a difference that chance explains is not detected', () => {
    expect(verdict('loss', EIGHT, EIGHT.map((value, seed) => value + (seed % 2 === 0 ? 0.1 : -0.09)))).toBe('undetected'); // prettier-ignore
  });

  test('a difference below the last digit that is written is none', () => {
    expect(verdict('loss', EIGHT, shifted(0.00004))).toBe('equal');
    expect(verdict('loss', EIGHT, shifted(0.00006))).toBe('worse');
  });

  test('a change within the noise is none, significant or not', () => {
    const slower = EIGHT.map((value) => 1.02 * value);
    expect(verdict('seconds', EIGHT, slower)).toBe('worse');
    expect(verdict('seconds', EIGHT, slower, ['time=3%'])).toBe('noise');
    expect(verdict('seconds', EIGHT, slower, ['time=1%'])).toBe('worse');
    expect(verdict('loss', EIGHT, shifted(0.01), ['time=3%'])).toBe('worse');
    expect(verdict('loss', EIGHT, shifted(0.01), ['loss=0.011'])).toBe('noise');
  });

  test('two seeds are told how many it takes', () => {
    const { rows } = compare(tableOf('A', { loss: [5, 6] }), tableOf('B', { loss: [5.5, 6.5] }), OPTIONS);
    expect(rows[0]).toMatchObject({ verdict: 'untestable', needs: 6, p: null });
  });
});

describe('pairing', () => {
  const seeds = (...own: readonly number[]) => ({ seeds: own });

  test('takes out what the seeds have in common, whatever their order', () => {
    const reversed = tableOf('B', { loss: shifted(0.01).toReversed() }, seeds(7, 6, 5, 4, 3, 2, 1, 0));
    const { rows } = compare(tableOf('A', { loss: EIGHT }), reversed, OPTIONS);
    expect(rows[0]).toMatchObject({ verdict: 'worse', contrast: { test: 'sign-flip', n: [8, 8] } });
    expect(rows[0]!.p).toBe(2 / 2 ** 8);
  });

  test('other seeds are compared by ranks, in which so small a difference drowns', () => {
    const other = tableOf('B', { loss: shifted(0.01) }, seeds(10, 11, 12, 13, 14, 15, 16, 17));
    const { rows } = compare(tableOf('A', { loss: EIGHT }), other, OPTIONS);
    expect(rows[0]).toMatchObject({ verdict: 'undetected', contrast: { test: 'rank-sum', n: [8, 8] } });
    expect(rows[0]!.warnings).toEqual(['unequal seeds: not paired']);
  });

  test('goes by the seeds that both have, where these are most, and says so', () => {
    const most = tableOf('B', { loss: shifted(0.01).slice(0, 6) });
    const { rows } = compare(tableOf('A', { loss: EIGHT }), most, OPTIONS);
    expect(rows[0]!.contrast.n).toEqual([6, 6]);
    expect(rows[0]!.warnings).toEqual(['unequal seeds: compared over the 6 that both have']);
  });

  test('is not done where a seed appears twice', () => {
    const twice = tableOf('B', { loss: [5, 6] }, seeds(1, 1));
    const { rows } = compare(tableOf('A', { loss: EIGHT }), twice, OPTIONS);
    expect(rows[0]!.contrast.test).toBe('rank-sum');
    expect(rows[0]!.warnings).toEqual(['a seed appears twice: not paired']);
  });
});

describe('matching', () => {
  const rates = (label: string, ...of: readonly string[]) =>
    tableOf(
      label,
      { loss: [5, 6, 7, 8] },
      {
        seeds: [0, 1, 0, 1],
        configuration: new Map([
          ['arm', column('full', 'full', 'full', 'full')],
          ['train.rate', of],
        ]),
      },
    );

  test('goes by arm and by what a grid varies within it', () => {
    const { rows, warnings } = compare(rates('A', '1', '1', '2', '2'), rates('B', '2', '2', '3', '3'), OPTIONS);
    expect(rows.map(({ name, verdict }) => [name, verdict])).toEqual([
      ['full train.rate=1', 'missing'],
      ['full train.rate=2', 'untestable'],
      ['full train.rate=3', 'added'],
    ]);
    expect(warnings).toEqual([]);
  });

  test('warns of what varies within a row and was not declared', () => {
    const { warnings } = compare(rates('A', '1', '1', '2', '2'), rates('B', '1', '1', '2', '2'), {
      ...OPTIONS,
      key: ['arm'],
    });
    expect(warnings[0]).toBe('train.rate varies within full of A and is neither in --key nor in --ignore');
    const ignoring = { ...OPTIONS, key: ['arm'], ignore: ['train.rate'] };
    expect(compare(rates('A', '1', '1', '2', '2'), rates('B', '1', '1', '2', '2'), ignoring).warnings).toEqual([]);
  });

  test('warns of a setting that differs between the sides', () => {
    const { warnings } = compare(rates('A', '1', '1', '1', '1'), rates('B', '2', '2', '2', '2'), OPTIONS);
    expect(warnings).toEqual(['setting train.rate of full differs between A and B: 1 and 2']);
  });
});

describe('what does not compare is said', () => {
  test('another device', () => {
    const on = (label: string, device: string) =>
      tableOf(label, { loss: [5, 6] }, { traits: new Map([['device', column(device, device)]]) });
    expect(compare(on('A', 'cpu'), on('B', 'cuda'), OPTIONS).warnings).toEqual([
      'not comparable: device is cpu in A, cuda in B',
    ]);
    expect(compare(on('A', 'cpu'), on('B', 'cuda'), { ...OPTIONS, ignore: ['device'] }).warnings).toEqual([]);
    expect(compare(on('A', 'cpu'), on('B', 'cpu'), OPTIONS).warnings).toEqual([]);
  });

  test('failed cells, and cells without the number', () => {
    const failing = tableOf(
      'B',
      { loss: [5, NaN, 6], score: [40, 41, 42] },
      { failed: [0, 0, 1], done: [true, true, false] },
    );
    const { rows } = compare(tableOf('A', { loss: [5, 6, 7], score: [40, 41, 42] }), failing, OPTIONS);
    expect(rows[0]!.warnings).toContain('B: 1 cell failed');
    expect(rows[0]!.warnings).toContain('B: 1 cell without loss');
    expect(rows.map(({ failed }) => failed)).toEqual([2, 1]);
  });
});
