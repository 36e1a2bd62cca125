/** Token positions in a sequence, both inside the answer. */
export interface TokenSpan {
  readonly start: number;
  readonly end: number;
}

/** Answers are names and phrases; BERT's released SQuAD code has the same bound. */
export const LONGEST_ANSWER = 30;

/**
 * The span with the largest sum of start and end score that starts no later than it ends, has at most `longest` tokens
 * and lies where `allowed` is 1. Of equals, the first. Null where nothing is allowed.
 */
export function bestSpan(
  starts: ArrayLike<number>,
  ends: ArrayLike<number>,
  allowed: ArrayLike<number>,
  longest = LONGEST_ANSWER,
): TokenSpan | null {
  let best: TokenSpan | null = null;
  let highest = Number.NEGATIVE_INFINITY;
  for (let start = 0; start < starts.length; start += 1) {
    for (let end = start; end < Math.min(starts.length, start + longest); end += 1) {
      if (allowed[start] !== 1 || allowed[end] !== 1) continue;
      const score = starts[start]! + ends[end]!;
      if (score > highest) [best, highest] = [{ start, end }, score];
    }
  }
  return best;
}
