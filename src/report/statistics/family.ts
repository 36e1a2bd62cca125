import { holm } from './holm.ts';
import { leastRankSumP } from './rank-sum.ts';
import { leastSignFlipP } from './sign-flip.ts';
import type { Contrast } from './contrast.ts';

/** The level of significance that is taken unless another is asked for. */
export const LEVEL = 0.05;

/** A test among the others of its table. */
export interface Judged {
  /** Adjusted for the number of tests; null where nothing differs, or no outcome could have been significant. */
  readonly p: number | null;
  /** Seeds (on either side) below which no outcome can be significant; null where there are enough. */
  readonly needs: number | null;
}

/**
 * Judges all tests of a table together, at a family-wise level. Tests with too few seeds to be significant whatever
 * their outcome are told apart first, so that they cost the others nothing (Tarone 1990, Biometrics 46); the p values
 * of the rest are adjusted by Holm's method. Which tests those are depends on numbers of seeds and of pairs that differ
 * at all, not on which side is ahead. Where the means are equal there is nothing to test.
 */
export function judge(contrasts: readonly Contrast[], level: number): Judged[] {
  const tests = contrasts.filter(({ p, delta }) => p !== null && delta.value !== 0);
  const able = ableTests(tests, level);
  const adjusted = holm(able.map(({ p }) => p!));
  return contrasts.map((contrast) => {
    const at = able.indexOf(contrast);
    if (at !== -1) return { p: adjusted[at]!, needs: null };
    return { p: null, needs: tests.includes(contrast) ? seedsNeeded(contrast.test, tests.length, level) : null };
  });
}

/** The most tests that can all be significant at the level left to each when there are so many. */
function ableTests(tests: readonly Contrast[], level: number): Contrast[] {
  for (let count = 1; ; count += 1) {
    const able = tests.filter(({ leastP }) => leastP * count <= level);
    if (able.length <= count) return able;
  }
}

function seedsNeeded(test: Contrast['test'], tests: number, level: number): number {
  const leastP = (n: number) => (test === 'sign-flip' ? leastSignFlipP(n) : leastRankSumP(n, n));
  let seeds = 2;
  while (leastP(seeds) * tests > level) seeds += 1;
  return seeds;
}
