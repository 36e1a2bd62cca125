import cdf from '@stdlib/stats-base-dists-normal-cdf';

/** Up to here all sign patterns are counted, a million of them; beyond, the normal approximation is good to 3 digits. */
const EXACT_PAIRS = 20;

/**
 * Two-sided p of Fisher's sign-flip permutation test: were the two sides of a pair alike, each difference could as
 * well have had the other sign. The share of sign patterns whose sum is at least as far from 0 as the one observed,
 * exact up to 20 pairs (Fisher 1935, The Design of Experiments, section 21). 1 without differences.
 */
export function signFlipP(differences: readonly number[]): number {
  const sizes = differences.map(Math.abs).filter((size) => size > 0);
  const observed = Math.abs(differences.reduce((sum, value) => sum + value, 0));
  if (sizes.length === 0) return 1;
  return sizes.length <= EXACT_PAIRS ? exactP(sizes, observed) : normalP(sizes, observed);
}

/** Smallest p that so many pairs with a difference can give: all of one sign. 1 without any. */
export const leastSignFlipP = (pairs: number): number => Math.min(1, 2 ** (1 - pairs));

/** Goes through the patterns in Gray code's order, in which one sign changes at a time. */
function exactP(sizes: readonly number[], observed: number): number {
  const total = sizes.reduce((sum, size) => sum + size, 0);
  // Sums that are equal but for rounding count as equal.
  const bound = observed - 1e-10 * total;
  const signs = new Int8Array(sizes.length).fill(1);
  const patterns = 2 ** sizes.length;
  let sum = total;
  let extreme = 0;
  for (let pattern = 1; pattern <= patterns; pattern += 1) {
    if (Math.abs(sum) >= bound) extreme += 1;
    const flipped = 31 - Math.clz32(pattern & -pattern);
    if (flipped >= sizes.length) break;
    const sign = -signs[flipped]!;
    signs[flipped] = sign;
    sum += 2 * sign * sizes[flipped]!;
  }
  return extreme / patterns;
}

/** Under random signs the sum has mean 0 and the variance of the squares' sum, and no skew. */
function normalP(sizes: readonly number[], observed: number): number {
  const sd = Math.sqrt(sizes.reduce((sum, size) => sum + size ** 2, 0));
  return 2 * cdf(-observed / sd, 0, 1);
}
