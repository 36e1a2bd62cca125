import cdf from '@stdlib/stats-base-dists-normal-cdf';

/** Up to here all ways to split the values are counted; beyond, the normal approximation is good to 3 digits. */
const EXACT_VALUES = 60;

/**
 * Two-sided p of the Mann-Whitney U test (Wilcoxon's rank-sum test): twice the smaller tail, at most 1. Exact over all
 * splits of the observed ranks, ties included, up to 60 values; else normal, with correction for ties and continuity
 * (Mann and Whitney 1947; ties: Lehmann 1975, Nonparametrics, section 1.4). 1 where a side is empty.
 */
export function rankSumP(a: readonly number[], b: readonly number[]): number {
  if (a.length === 0 || b.length === 0) return 1;
  const ranks = doubledRanks([...a, ...b]);
  const observed = ranks.slice(0, a.length).reduce((sum, rank) => sum + rank, 0);
  return ranks.length <= EXACT_VALUES ? exactP(ranks, a.length, observed) : normalP(ranks, a.length, observed);
}

/** Smallest p that sides of these sizes can give, without ties: all values of one side above the other's. */
export function leastRankSumP(a: number, b: number): number {
  let ways = 1;
  for (let chosen = 1; chosen <= Math.min(a, b); chosen += 1) {
    ways *= (Math.max(a, b) + chosen) / chosen;
  }
  return Math.min(1, 2 / ways);
}

/** Twice the rank of every value, tied values sharing the middle of theirs: twice, so that all are whole numbers. */
function doubledRanks(values: readonly number[]): number[] {
  const order = values.map((_, index) => index).sort((x, y) => values[x]! - values[y]!);
  const ranks = new Array<number>(values.length);
  for (let first = 0; first < order.length;) {
    let next = first + 1;
    while (next < order.length && values[order[next]!] === values[order[first]!]) next += 1;
    for (let at = first; at < next; at += 1) ranks[order[at]!] = first + next + 1;
    first = next;
  }
  return ranks;
}

/** Counts, value by value, the subsets of each size by the sum of their ranks. */
function exactP(ranks: readonly number[], size: number, observed: number): number {
  const most = ranks.reduce((sum, rank) => sum + rank, 0);
  const ways = Array.from({ length: size + 1 }, () => new Float64Array(most + 1));
  ways[0]![0] = 1;
  for (const [seen, rank] of ranks.entries()) {
    for (let chosen = Math.min(size, seen + 1); chosen > 0; chosen -= 1) {
      const [fewer, own] = [ways[chosen - 1]!, ways[chosen]!];
      for (let sum = most; sum >= rank; sum -= 1) own[sum]! += fewer[sum - rank]!;
    }
  }
  const counts = ways[size]!;
  const total = counts.reduce((sum, count) => sum + count, 0);
  const below = counts.subarray(0, observed + 1).reduce((sum, count) => sum + count, 0);
  const above = counts.subarray(observed).reduce((sum, count) => sum + count, 0);
  return Math.min(1, (2 * Math.min(below, above)) / total);
}

function normalP(ranks: readonly number[], size: number, observed: number): number {
  const n = ranks.length;
  const other = n - size;
  const u = observed / 2 - (size * (size + 1)) / 2;
  const ties = new Map<number, number>();
  for (const rank of ranks) ties.set(rank, (ties.get(rank) ?? 0) + 1);
  const tied = [...ties.values()].reduce((sum, count) => sum + count ** 3 - count, 0);
  const sd = Math.sqrt(((size * other) / 12) * (n + 1 - tied / (n * (n - 1))));
  if (sd === 0) return 1;
  const distance = Math.max(0, Math.abs(u - (size * other) / 2) - 0.5);
  return Math.min(1, 2 * cdf(-distance / sd, 0, 1));
}
