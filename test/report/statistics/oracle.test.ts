import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { mean, standardDeviation } from '../../../src/report/statistics/centre.ts';
import { contrastPairs, contrastSamples, type Pair } from '../../../src/report/statistics/contrast.ts';
import { holm } from '../../../src/report/statistics/holm.ts';
import { differenceInterval, meanInterval } from '../../../src/report/statistics/interval.ts';
import { leastRankSumP, rankSumP } from '../../../src/report/statistics/rank-sum.ts';
import { leastSignFlipP, signFlipP } from '../../../src/report/statistics/sign-flip.ts';

type Numbers = readonly number[];
interface Differences {
  readonly differences: Numbers;
  readonly p: number;
}
interface TwoSamples {
  readonly a: Numbers;
  readonly b: Numbers;
  readonly p: number;
}
interface TwoSides {
  readonly reference: Numbers;
  readonly candidate: Numbers;
  readonly low: number;
  readonly high: number;
}

/** Made by test/oracle/table_statistics.py. */
const scipy = JSON.parse(await readFile('test/fixtures/statistics.json', 'utf8')) as {
  readonly holm: readonly { readonly ps: Numbers; readonly adjusted: Numbers }[];
  readonly signFlip: readonly Differences[];
  readonly signFlipNormal: readonly Differences[];
  readonly rankSum: readonly TwoSamples[];
  readonly rankSumTied: readonly TwoSamples[];
  readonly rankSumNormal: readonly TwoSamples[];
  readonly intervals: readonly {
    readonly values: Numbers;
    readonly mean: number;
    readonly sd: number;
    readonly low: number;
    readonly high: number;
  }[];
  readonly welch: readonly TwoSides[];
  readonly geometric: readonly (TwoSides & {
    readonly referenceMean: number;
    readonly candidateMean: number;
    readonly delta: number;
  })[];
};

describe('statistics are those of SciPy', () => {
  test.each([...scipy.signFlip, ...scipy.signFlipNormal])('sign-flip test %#', ({ differences, p }) => {
    expect(signFlipP(differences)).toBeCloseTo(p, 10);
  });

  test.each([...scipy.rankSum, ...scipy.rankSumTied, ...scipy.rankSumNormal])('Mann-Whitney test %#', ({ a, b, p }) => {
    expect(rankSumP(a, b)).toBeCloseTo(p, 10);
    expect(rankSumP(b, a)).toBeCloseTo(p, 10);
  });

  test.each(scipy.intervals)('mean, standard deviation and t interval %#', ({ values, ...want }) => {
    const { low, high } = meanInterval(values);
    expect(mean(values)).toBeCloseTo(want.mean, 10);
    expect(standardDeviation(values)).toBeCloseTo(want.sd, 10);
    expect(low).toBeCloseTo(want.low, 9);
    expect(high).toBeCloseTo(want.high, 9);
  });

  test.each(scipy.welch)("Welch's interval %#", ({ reference, candidate, ...want }) => {
    const { low, high } = differenceInterval(reference, candidate);
    expect(low).toBeCloseTo(want.low, 9);
    expect(high).toBeCloseTo(want.high, 9);
  });

  test.each(scipy.geometric)('geometric means and the interval of their ratio, FLOPs included %#', (want) => {
    const pairs = want.reference.map((value, index): Pair => [value, want.candidate[index]!]);
    const { reference, candidate, delta } = contrastPairs(pairs, 'ratio');
    expect(reference.value! / want.referenceMean).toBeCloseTo(1, 12);
    expect(candidate.value! / want.candidateMean).toBeCloseTo(1, 12);
    expect([delta.value, delta.low, delta.high].map((value) => value!.toFixed(9))).toEqual(
      [want.delta, want.low, want.high].map((value) => value.toFixed(9)),
    );
  });
});

/** Made by test/oracle/benchstat.py. */
const benchstat = JSON.parse(await readFile('test/fixtures/benchstat.json', 'utf8')) as readonly (Omit<
  TwoSamples,
  'p'
> & { readonly p: string })[];

test.each(benchstat)('unpaired cells have the p of benchstat %#', ({ a, b, p }) => {
  const contrast = contrastSamples(a, b, 'difference');
  expect([contrast.test, contrast.p!.toFixed(p.split('.')[1]!.length)]).toEqual(['rank-sum', p]);
});

test.each(scipy.holm)("Holm's adjustment is that of statsmodels %#", ({ ps, adjusted }) => {
  expect(holm(ps).map((p) => p.toFixed(12))).toEqual(adjusted.map((p) => p.toFixed(12)));
});

describe('the smallest p that there can be', () => {
  test.each([1, 2, 6, 8])('is reached by %d pairs that all differ the same way', (n) => {
    expect(signFlipP(Array.from({ length: n }, (_, index) => index + 1))).toBe(leastSignFlipP(n));
  });

  test.each([
    [3, 3],
    [4, 2],
    [5, 7],
  ])('is reached by sides of %d and %d that do not overlap', (a, b) => {
    const low = Array.from({ length: a }, (_, index) => index);
    const high = Array.from({ length: b }, (_, index) => 100 + index);
    expect(rankSumP(low, high)).toBeCloseTo(leastRankSumP(a, b), 12);
  });
});

describe('what cannot be told is not told', () => {
  test('one pair has a difference but no interval', () => {
    const { delta, p } = contrastPairs([[2, 3]], 'difference');
    expect([delta, p]).toEqual([{ value: 1, low: null, high: null }, 1]);
  });

  test('nothing has neither', () => {
    const { delta, p, n } = contrastPairs([], 'difference');
    expect([delta.value, p, n]).toEqual([null, null, [0, 0]]);
    expect(contrastSamples([1, 2], [], 'difference').p).toBeNull();
  });

  test('a time of 0 has no ratio', () => {
    expect(contrastPairs([[0, 1], [2, 1]], 'ratio').delta.value).toBeNull(); // prettier-ignore
  });

  test('a speedup is compared as the ratio that it is, minus 1', () => {
    const { reference, candidate, delta } = contrastPairs([[0.5, 1], [0.5, 2]], 'speedup'); // prettier-ignore
    expect(reference.value).toBeCloseTo(0.5, 12);
    expect(candidate.value).toBeCloseTo(Math.sqrt(6) - 1, 12);
    expect(delta.value).toBeCloseTo(Math.sqrt(6) / 1.5 - 1, 12);
  });
});
