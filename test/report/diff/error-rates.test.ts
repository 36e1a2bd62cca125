import { describe, expect, test } from 'vitest';
import { compare } from '../../../src/report/diff/compare.ts';
import { OPTIONS, tableOf } from './tables.ts';

/** Tables that are simulated for a rate. */
const TABLES = 2000;
const PAIRS = 8;

/** mulberry32: the same numbers on every machine. */
function uniform(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Standard normal numbers by Box and Muller's transform. */
function normal(seed: number): () => number {
  const random = uniform(seed);
  return () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

const METRICS = ['loss', 'score', 'topic.accuracy', 'span.f1'];

/** Share of simulated tables in which any row is called different; `paired` or of other seeds on either side. */
function shareCalled(seed: number, metrics: readonly string[], shift: number, paired: boolean): number {
  const draw = normal(seed);
  const values = (centre: number) => Array.from({ length: PAIRS }, () => centre + draw());
  let called = 0;
  for (let table = 0; table < TABLES; table += 1) {
    const reference = metrics.map((name) => [name, values(10)] as const);
    // Paired: the difference of a pair is what has a standard deviation of 1.
    const candidate = reference.map(([name, own]) => [
      name,
      paired ? own.map((value) => value + shift + draw()) : values(10 + shift),
    ] as const); // prettier-ignore
    const seeds = paired ? {} : { seeds: Array.from({ length: PAIRS }, (_, index) => 100 + index) };
    const { rows } = compare(
      tableOf('A', Object.fromEntries(reference)),
      tableOf('B', Object.fromEntries(candidate), seeds),
      OPTIONS,
    );
    if (rows.some(({ verdict }) => verdict === 'better' || verdict === 'worse')) called += 1;
  }
  return called / TABLES;
}

describe('of 2000 comparisons of the same with the same, at most 5 % find any difference', () => {
  test('in tables of four metrics, paired', () => {
    const share = shareCalled(1, METRICS, 0, true);
    expect(share).toBeLessThanOrEqual(0.05);
    expect(share).toBeGreaterThan(0);
  });

  test('in tables of four metrics, not paired', () => {
    const share = shareCalled(2, METRICS, 0, false);
    expect(share).toBeLessThanOrEqual(0.05);
    expect(share).toBeGreaterThan(0);
  });
});

describe('power', () => {
  test('eight pairs find a true effect of one standard deviation nearly as often as the t test, 68 %', () => {
    const share = shareCalled(3, ['loss'], 1, true);
    expect(share).toBeGreaterThan(0.62);
    expect(share).toBeLessThan(0.72);
  });

  test('and always one of four', () => {
    expect(shareCalled(4, ['loss'], 4, true)).toBeGreaterThan(0.99);
  });
});
