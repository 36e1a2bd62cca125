import { differenceInterval, meanInterval, UNKNOWN, type Estimate } from './interval.ts';
import { leastRankSumP, rankSumP } from './rank-sum.ts';
import { leastSignFlipP, signFlipP } from './sign-flip.ts';

/**
 * How values compare. `difference`: by subtraction, means are arithmetic (losses, scores). `ratio`: by division, means
 * are geometric (FLOPs, seconds). `speedup`: the same for 1 + value, as a speedup is a ratio minus 1.
 */
export type Scale = 'difference' | 'ratio' | 'speedup';

/** Values of a reference against a candidate's. */
export interface Contrast {
  /** `sign-flip` for values paired by seed, `rank-sum` for values that are not. */
  readonly test: 'sign-flip' | 'rank-sum';
  /** Values that enter on either side. */
  readonly n: readonly [reference: number, candidate: number];
  readonly reference: Estimate;
  readonly candidate: Estimate;
  /** Candidate minus reference; on a ratio's scale candidate over reference, minus 1. */
  readonly delta: Estimate;
  /** Of no difference, two-sided; null where a side is empty, or a value is outside of the scale. */
  readonly p: number | null;
  /** The smallest p that so many values could have given. */
  readonly leastP: number;
}

/** A value of the reference and of the candidate that belong together. */
export type Pair = readonly [reference: number, candidate: number];

/** Compares paired values: exact sign-flip test, Student's t interval of the mean difference. */
export function contrastPairs(pairs: readonly Pair[], scale: Scale): Contrast {
  const [reference, candidate] = [pairs.map(([value]) => value), pairs.map(([, value]) => value)];
  const differences = pairs.map(([from, to]) => onScale(to, scale) - onScale(from, scale));
  const known = differences.length > 0 && differences.every(Number.isFinite);
  return {
    ...sides(reference, candidate, scale),
    test: 'sign-flip',
    delta: known ? asDelta(meanInterval(differences), scale) : UNKNOWN,
    p: known ? signFlipP(differences) : null,
    // A pair without a difference has no sign to flip.
    leastP: leastSignFlipP(differences.filter((difference) => difference !== 0).length),
  };
}

/** Compares values that are not paired: exact Mann-Whitney test, Welch's t interval of the means' difference. */
export function contrastSamples(reference: readonly number[], candidate: readonly number[], scale: Scale): Contrast {
  const [from, to] = [reference, candidate].map((values) => values.map((value) => onScale(value, scale)));
  const known = from!.length > 0 && to!.length > 0 && [...from!, ...to!].every(Number.isFinite);
  return {
    ...sides(reference, candidate, scale),
    test: 'rank-sum',
    delta: known ? asDelta(differenceInterval(from!, to!), scale) : UNKNOWN,
    p: known ? rankSumP(from!, to!) : null,
    leastP: leastRankSumP(reference.length, candidate.length),
  };
}

/** Mean of the values, by the scale's kind of mean, with its t interval. */
export function estimate(values: readonly number[], scale: Scale): Estimate {
  const scaled = values.map((value) => onScale(value, scale));
  return scaled.every(Number.isFinite) ? mapped(meanInterval(scaled), (value) => offScale(value, scale)) : UNKNOWN;
}

const sides = (reference: readonly number[], candidate: readonly number[], scale: Scale) => ({
  n: [reference.length, candidate.length] as const,
  reference: estimate(reference, scale),
  candidate: estimate(candidate, scale),
});

function onScale(value: number, scale: Scale): number {
  switch (scale) {
    case 'difference':
      return value;
    case 'ratio':
      return Math.log(value);
    case 'speedup':
      return Math.log1p(value);
  }
}

function offScale(value: number, scale: Scale): number {
  switch (scale) {
    case 'difference':
      return value;
    case 'ratio':
      return Math.exp(value);
    case 'speedup':
      return Math.expm1(value);
  }
}

const asDelta = (difference: Estimate, scale: Scale): Estimate =>
  scale === 'difference' ? difference : mapped(difference, Math.expm1);

const mapped = ({ value, low, high }: Estimate, to: (value: number) => number): Estimate => ({
  value: value === null ? null : to(value),
  low: low === null ? null : to(low),
  high: high === null ? null : to(high),
});
