import { describe, expect, test } from 'vitest';
import { UserError } from '../../src/errors.ts';
import { maskedBatch, validationBatches } from '../../src/text/batches.ts';
import type { TokenShard } from '../../src/text/corpus.ts';
import { CLS, FIRST_WORDPIECE, MASK, SEP, UNK } from '../../src/text/vocabulary.ts';

const VOCAB = 50_000;
const SHAPE = { batch: 8, length: 12, masked: 3, vocab: VOCAB };

function shardOf(tokens: readonly number[]): TokenShard {
  return { length: tokens.length, read: (start, count) => Int32Array.from(tokens.slice(start, start + count)) };
}

/** Every id once, so that a token tells where it came from; a [SEP] in between. */
const numbered = shardOf(Array.from({ length: 1005 }, (_, index) => (index % 9 === 4 ? SEP : FIRST_WORDPIECE + index)));

/** The sequence before masking. */
function original({ ids, positions, labels }: ReturnType<typeof maskedBatch>, row: number): number[] {
  const sequence = [...ids.slice(row * SHAPE.length, (row + 1) * SHAPE.length)];
  for (let index = row * SHAPE.masked; index < (row + 1) * SHAPE.masked; index += 1) {
    sequence[positions[index]!] = labels[index]!;
  }
  return sequence;
}

test('a batch is a function of seed and step', () => {
  const batch = (seed: number, step: number) => maskedBatch(numbered, { ...SHAPE, seed, step });
  const again = batch(3, 17);
  batch(3, 18);
  expect(batch(3, 17)).toEqual(again);
  expect(batch(4, 17)).not.toEqual(again);
  expect(batch(3, 16)).not.toEqual(again);
});

test('a sequence is [CLS], a window of the shard, [SEP], with labels where it was masked', () => {
  const batch = maskedBatch(numbered, { ...SHAPE, seed: 1, step: 5 });
  for (let row = 0; row < SHAPE.batch; row += 1) {
    const sequence = original(batch, row);
    expect([sequence[0], sequence.at(-1)]).toEqual([CLS, SEP]);
    const window = sequence.slice(1, -1);
    const start = window.find((id) => id !== SEP)! - FIRST_WORDPIECE - window.findIndex((id) => id !== SEP);
    expect(window).toEqual([...numbered.read(start, SHAPE.length - 2)]);
  }
});

test('positions are distinct, ascending, exactly as many as asked, and never of a special token', () => {
  for (let step = 0; step < 40; step += 1) {
    const { positions, labels } = maskedBatch(numbered, { ...SHAPE, seed: 2, step });
    expect(labels.every((id) => id >= FIRST_WORDPIECE)).toBe(true);
    for (let row = 0; row < SHAPE.batch; row += 1) {
      const own = [...positions.slice(row * SHAPE.masked, (row + 1) * SHAPE.masked)];
      expect(own).toEqual([...new Set(own)].sort((a, b) => a - b));
      expect(own).toHaveLength(SHAPE.masked);
    }
  }
});

test('an epoch visits every window once, and the next starts its windows elsewhere', () => {
  const room = SHAPE.length - 2;
  const windows = Math.floor((numbered.length - room + 1) / room);
  const start = (index: number) => {
    const batch = maskedBatch(numbered, { ...SHAPE, batch: 1, seed: 9, step: index });
    const window = original({ ...batch }, 0).slice(1, -1);
    return window.find((id) => id !== SEP)! - FIRST_WORDPIECE - window.findIndex((id) => id !== SEP);
  };
  const epochs = [0, 1].map((epoch) => Array.from({ length: windows }, (_, index) => start(epoch * windows + index)));
  for (const starts of epochs) {
    expect(new Set(starts).size).toBe(windows);
    expect(new Set(starts.map((place) => place % room)).size).toBe(1);
  }
  expect(epochs[0]).not.toEqual(epochs[1]);
  expect(epochs[0]![0]! % room).not.toBe(epochs[1]![0]! % room);
});

test('of the masked tokens 80 % become [MASK], 10 % a random token and 10 % stay', () => {
  const counts = { mask: 0, same: 0, other: 0 };
  for (let step = 0; step < 500; step += 1) {
    const { ids, positions, labels } = maskedBatch(numbered, { ...SHAPE, seed: 6, step });
    for (const [index, label] of labels.entries()) {
      const id = ids[Math.floor(index / SHAPE.masked) * SHAPE.length + positions[index]!]!;
      counts[id === MASK ? 'mask' : id === label ? 'same' : 'other'] += 1;
      expect(id === MASK || (id >= FIRST_WORDPIECE && id < VOCAB)).toBe(true);
    }
  }
  // 12,000 tokens: standard deviations 0.37 and 0.27 points.
  expect(counts.mask / 12_000).toBeCloseTo(0.8, 1.7);
  expect(counts.same / 12_000).toBeCloseTo(0.1, 1.7);
  expect(counts.other / 12_000).toBeCloseTo(0.1, 1.7);
});

test('every position of a window is masked equally often', () => {
  const words = shardOf(Array.from({ length: 1000 }, (_, index) => FIRST_WORDPIECE + index));
  const counts = new Array<number>(SHAPE.length).fill(0);
  for (let step = 0; step < 500; step += 1) {
    for (const position of maskedBatch(words, { ...SHAPE, seed: 0, step }).positions) counts[position]! += 1;
  }
  expect([counts[0], counts.at(-1)]).toEqual([0, 0]);
  // 4,000 sequences, 3 of 10 positions: 1,200 each, standard deviation 29.
  for (const count of counts.slice(1, -1)) expect(Math.abs(count - 1200)).toBeLessThan(150);
});

describe('where there is little to mask', () => {
  test('unknown tokens are masked after all others', () => {
    const shard = shardOf(Array.from({ length: 40 }, (_, index) => (index % 5 === 0 ? FIRST_WORDPIECE : UNK)));
    const { labels } = maskedBatch(shard, { ...SHAPE, seed: 0, step: 0 });
    const known = [...labels].filter((id) => id === FIRST_WORDPIECE);
    expect(known).toHaveLength(2 * SHAPE.batch);
  });

  test('documents of next to nothing are refused', () => {
    const shard = shardOf(Array.from({ length: 40 }, () => SEP));
    expect(() => maskedBatch(shard, { ...SHAPE, seed: 0, step: 0 })).toThrow(UserError);
  });

  test('so is a shard shorter than a sequence, whatever the shift', () => {
    const tokens = Array.from({ length: 19 }, (_, index) => FIRST_WORDPIECE + index);
    expect(() => maskedBatch(shardOf(tokens.slice(1)), { ...SHAPE, seed: 0, step: 0 })).toThrow(UserError);
    for (let step = 0; step < 50; step += 1) maskedBatch(shardOf(tokens), { ...SHAPE, seed: 0, step });
  });
});

describe('validation batches', () => {
  test('are the same every time and spread over the shard', () => {
    const batches = validationBatches(numbered, { ...SHAPE, count: 4 });
    expect(batches).toHaveLength(4);
    expect(validationBatches(numbered, { ...SHAPE, count: 4 })).toEqual(batches);
    const labels = batches.flatMap((batch) => [...batch.labels]).map((id) => id - FIRST_WORDPIECE);
    expect(Math.min(...labels)).toBeLessThan(100);
    expect(Math.max(...labels)).toBeGreaterThan(900);
  });

  test('repeat no window: fewer batches where the shard is short', () => {
    expect(validationBatches(numbered, { ...SHAPE, count: 1000 })).toHaveLength(12);
    const starts = validationBatches(numbered, { ...SHAPE, count: 12 }).flatMap((batch) =>
      Array.from({ length: SHAPE.batch }, (_, row) => original(batch, row).slice(1, 3).join(' ')),
    );
    expect(new Set(starts).size).toBe(96);
  });
});
