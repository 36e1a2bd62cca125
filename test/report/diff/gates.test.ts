import { describe, expect, test } from 'vitest';
import { parseGate, parseNoise } from '../../../src/report/diff/amount.ts';
import { compare } from '../../../src/report/diff/compare.ts';
import { tripped } from '../../../src/report/diff/gates.ts';
import type { Table } from '../../../src/report/diff/table.ts';
import { OPTIONS, tableOf } from './tables.ts';

const reasons = (
  gate: string,
  metric: string,
  from: readonly number[],
  to: readonly number[],
  noise: readonly string[] = [],
) =>
  tripped(
    compare(tableOf('A', { [metric]: from }), tableOf('B', { [metric]: to }), { ...OPTIONS, noise: parseNoise(noise) }),
    [parseGate(gate)],
  ).map(({ why }) => why);

describe('a gate is tripped', () => {
  test.each([
    ['score:-0.5', 'score', [40, 41], [39.4, 40.4], ['score falls by 0.6']],
    ['score:-0.5', 'score', [40, 41], [39.5, 40.5], []],
    ['score:-0.5', 'score', [40, 41], [45, 46], []],
    ['score:-1%', 'score', [40, 40], [39.5, 39.5], ['score falls by 1.25 %']],
    ['loss:+0.01', 'loss', [5, 6], [5.02, 6.02], ['loss rises by 0.02']],
    ['loss:+1%', 'loss', [5, 6], [5.02, 6.02], []],
    ['seconds:+10%', 'seconds', [10, 20], [11.5, 23], ['seconds rises by 15 %']],
    ['flops:+0', 'flops', [400], [401], ['flops rises by 1']],
    ['score:-0', 'score', [40], [39], ['score falls by 1']],
    // Of the ratio: 1.4 over 1.5 is 0.9333.
    ['speedup_flops:-5%', 'speedup_flops', [0.5], [0.4], ['speedup_flops falls by 6.667 %']],
    ['speedup_flops:-7%', 'speedup_flops', [0.5], [0.4], []],
    ['speedup_flops:-0.05', 'speedup_flops', [0.5], [0.4], ['speedup_flops falls by 0.1']],
  ] as const)('%s by %s from %j to %j: %j', (gate, metric, from, to, want) => {
    expect(reasons(gate, metric, from, to)).toEqual(want);
  });

  test('by one seed and without significance', () => {
    expect(reasons('score:-0.5', 'score', [40], [39])).toEqual(['score falls by 1']);
  });

  test('but not by a change within the noise', () => {
    expect(reasons('seconds:+1%', 'seconds', [10, 20], [10.2, 20.4], ['time=3%'])).toEqual([]);
    expect(reasons('seconds:+1%', 'seconds', [10, 20], [10.2, 20.4])).toHaveLength(1);
  });
});

describe('an empty input never passes', () => {
  const score = [40, 41];
  const why = (candidate: Table) =>
    tripped(compare(tableOf('A', { score, loss: [5, 6] }), candidate, OPTIONS), [parseGate('score:-50')]).map(
      (own) => own.why,
    );

  test('where the metric is gone', () => {
    expect(why(tableOf('B', { loss: [5, 6] }))).toEqual(['score is missing']);
    expect(why(tableOf('B', { loss: [5, 6], score: [NaN, NaN] }))).toEqual(['score is missing']);
  });

  test('where the arm is gone', () => {
    const other = new Map([['arm', ['full', 'full']]]);
    expect(why(tableOf('B', { score }, { configuration: other }))).toEqual(['score is missing']);
  });

  test('where a cell failed, or has no number', () => {
    expect(why(tableOf('B', { score }, { done: [true, false], failed: [0, 1] }))).toEqual(['1 more cell has no score']);
    expect(why(tableOf('B', { score: [40, NaN] }))).toEqual(['1 more cell has no score']);
  });

  test('but what is whole does', () => {
    expect(why(tableOf('B', { score, loss: [5, 6] }))).toEqual([]);
  });
});

describe("the user's mistakes", () => {
  test.each(['score', 'score:', 'score:0.5', ':-0.5', 'score:-half', 'score:-5 %%'])('--fail-on %j', (text) => {
    expect(() => parseGate(text)).toThrow(/is not METRIC:LIMIT/);
  });

  test.each(['time', 'time=', '=3%', 'time=-3%', 'time=much'])('--noise %j', (text) => {
    expect(() => parseNoise([text])).toThrow(/is not METRIC=SIZE/);
  });

  test('a gate on a metric that is not there', () => {
    expect(() => reasons('scor:-1', 'score', [40], [40])).toThrow(/no row of A has a scor to hold B against/);
  });

  test('a gate against a change for the better', () => {
    expect(() => reasons('loss:-0.1', 'loss', [5], [5])).toThrow(/loss is better when lower/);
    expect(() => reasons('score:+1%', 'score', [5], [5])).toThrow(/score is better when higher/);
  });
});
