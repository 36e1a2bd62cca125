import { expect, test } from 'vitest';
import { fnv1a, hashText, shuffleBy } from '../../src/tasks/hash.ts';

// Landon Curt Noll's published FNV-1a 32-bit values.
test.each([
  ['', 0x811c9dc5],
  ['a', 0xe40c292c],
  ['foobar', 0xbf9cf968],
])('FNV-1a of "%s" is the published value', (text, hash) => {
  expect(fnv1a(text)).toBe(hash);
});

test('texts that differ in their last letter only are spread over the whole range', () => {
  const sixteenths = Array.from('abcdefghijklmnopqrstuvwxyz').map((letter) =>
    Math.floor(hashText(`text ${letter}`) / 2 ** 28),
  );
  // 26 independent draws leave 3 of 16 sixteenths empty on average.
  expect(new Set(sixteenths).size).toBeGreaterThan(9);
});

test('a shuffle depends on the keys alone, not on the order that items come in', () => {
  const items = Array.from({ length: 50 }, (_, index) => `item ${index}`);
  const shuffled = shuffleBy(items, (item) => item);
  expect(shuffled).not.toEqual(items);
  expect([...shuffled].sort()).toEqual([...items].sort());
  expect(shuffleBy([...items].reverse(), (item) => item)).toEqual(shuffled);
});
