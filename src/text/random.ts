/**
 * Philox4x32-10, a counter-based generator: every draw is a function of key and counter alone, with no state to carry,
 * so that any batch can be made again from its number.
 * Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011.
 */
const MULTIPLIERS = [0xd2511f53, 0xcd9e8d57] as const;
const WEYL = [0x9e3779b9, 0xbb67ae85] as const;
const ROUNDS = 10;

type Key = readonly [number, number];
type Block = readonly [number, number, number, number];

/** The four unsigned 32-bit numbers that Philox4x32-10 gives for a key and a counter (unsigned 32-bit numbers too). */
export function philox(key: Key, counter: Block): Block {
  let [k0, k1] = key;
  let [c0, c1, c2, c3] = counter;
  for (let round = 0; round < ROUNDS; round += 1) {
    const high0 = highProduct(MULTIPLIERS[0], c0);
    const high1 = highProduct(MULTIPLIERS[1], c2);
    const low0 = Math.imul(MULTIPLIERS[0], c0);
    const low1 = Math.imul(MULTIPLIERS[1], c2);
    c0 = high1 ^ c1 ^ k0;
    c1 = low1;
    c2 = high0 ^ c3 ^ k1;
    c3 = low0;
    k0 = (k0 + WEYL[0]) | 0;
    k1 = (k1 + WEYL[1]) | 0;
  }
  return [c0 >>> 0, c1 >>> 0, c2 >>> 0, c3 >>> 0];
}

/** The upper 32 bits of a 32 by 32 bit product, from 16-bit halves: numbers hold 53 bits exactly. */
function highProduct(a: number, b: number): number {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const bLow = b & 0xffff;
  const bHigh = b >>> 16;
  const middle = aHigh * bLow + ((aLow * bLow) >>> 16);
  const carry = aLow * bHigh + (middle & 0xffff);
  return (aHigh * bHigh + Math.floor(middle / 0x10000) + Math.floor(carry / 0x10000)) | 0;
}

/** A sequence of draws at one place; two places never share a draw. */
export interface Draws {
  /** An integer from 0 up to `bound`, itself excluded; every one equally likely. `bound` is at most 2^32. */
  below(bound: number): number;
  /** A multiple of 2^-32 from 0 up to 1, itself excluded. */
  uniform(): number;
}

/** What draws are for, so that the same seed and step give unrelated numbers to each purpose. */
export const PURPOSE = { order: 1, masking: 2, validation: 3, finetuning: 4 } as const;
export type Purpose = (typeof PURPOSE)[keyof typeof PURPOSE];

/**
 * The draws that belong to (seed, purpose, place). Seed and place are non-negative integers; a place has up to two
 * coordinates below 2^32.
 */
export function drawsAt(seed: number, purpose: Purpose, x: number, y = 0): Draws {
  const key: Key = [seed >>> 0, Math.floor(seed / 0x100000000) >>> 0];
  let block: Block = [0, 0, 0, 0];
  let used = 4;
  let count = 0;
  const next = (): number => {
    if (used === 4) {
      block = philox(key, [count, x >>> 0, y >>> 0, purpose]);
      count += 1;
      used = 0;
    }
    const value = block[used]!;
    used += 1;
    return value;
  };
  return {
    uniform: () => next() / 0x100000000,
    below(bound) {
      // Values past the last whole multiple of the bound would favour small results.
      const limit = 0x100000000 - (0x100000000 % bound);
      let value = next();
      while (value >= limit) value = next();
      return value % bound;
    },
  };
}
