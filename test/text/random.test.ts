import fc from 'fast-check';
import { expect, test } from 'vitest';
import { permute } from '../../src/text/permutation.ts';
import { drawsAt, philox, PURPOSE } from '../../src/text/random.ts';

// Known-answer vectors that Random123 publishes for philox4x32 with 10 rounds.
test.each([
  [
    [0, 0],
    [0, 0, 0, 0],
    [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8],
  ],
  [
    [0xffffffff, 0xffffffff],
    [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
    [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
  ],
  [
    [0xa4093822, 0x299f31d0],
    [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
    [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
  ],
] as const)('Philox with key %o at counter %o gives the published block', (key, counter, block) => {
  expect(philox(key, counter)).toEqual(block);
});

test('draws are the same at the same place and differ in every coordinate, seeds beyond 32 bits included', () => {
  const first = (...[seed, x, y]: [number, number, number]) => drawsAt(seed, PURPOSE.masking, x, y).uniform();
  expect(first(1, 2, 3)).toBe(first(1, 2, 3));
  const others = [first(1, 2, 3), first(2, 2, 3), first(1 + 2 ** 32, 2, 3), first(1, 3, 3), first(1, 2, 4)];
  expect(new Set([...others, drawsAt(1, PURPOSE.order, 2, 3).uniform()]).size).toBe(6);
});

test('every result below a bound comes about equally often', () => {
  const draws = drawsAt(5, PURPOSE.masking, 0);
  const counts = new Array<number>(7).fill(0);
  for (let index = 0; index < 70_000; index += 1) counts[draws.below(7)]! += 1;
  // Standard deviation 93 around 10,000.
  for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(460);
});

test('permute sends 0..count to 0..count, each to a place of its own', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 700 }), fc.nat(), fc.nat({ max: 50 }), (count, seed, epoch) => {
      const places = Array.from({ length: count }, (_, index) => permute(index, count, seed, epoch));
      expect([...places].sort((a, b) => a - b)).toEqual(Array.from(places.keys()));
    }),
  );
});

test('permute gives another order in another epoch and for another seed', () => {
  const order = (seed: number, epoch: number) => Array.from({ length: 100 }, (_, i) => permute(i, 100, seed, epoch));
  expect(order(1, 0)).not.toEqual(order(1, 1));
  expect(order(1, 0)).not.toEqual(order(2, 0));
  // Neighbours are torn apart: in a random order two places in a hundred follow each other.
  const places = order(1, 0);
  expect(places.filter((place, index) => place === places[index - 1]! + 1).length).toBeLessThan(8);
});
