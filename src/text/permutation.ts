import { philox, PURPOSE } from './random.ts';

/** Four rounds make a Feistel network a pseudo-random permutation (Luby and Rackoff, 1988). */
const ROUNDS = 4;

/**
 * Where element `index` of 0..count goes in the permutation named by (seed, epoch): a function, not a shuffled list, so
 * that resuming in the middle of an epoch needs no memory of it.
 * A Feistel network permutes the next even power of two; walking on from values past `count` (Black and Rogaway's cycle
 * walking, 2002) makes that a permutation of 0..count.
 */
export function permute(index: number, count: number, seed: number, epoch: number): number {
  const half = Math.max(1, Math.ceil(Math.ceil(Math.log2(count)) / 2));
  const size = 2 ** half;
  const round = (value: number, number: number): number =>
    philox([seed >>> 0, Math.floor(seed / 0x100000000) >>> 0], [value, number, epoch, PURPOSE.order])[0] % size;
  let value = index;
  do {
    let left = Math.floor(value / size);
    let right = value % size;
    for (let number = 0; number < ROUNDS; number += 1) [left, right] = [right, (left ^ round(right, number)) >>> 0];
    value = left * size + right;
  } while (value >= count);
  return value;
}
