import { describe, expect, test } from 'vitest';
import { UserError } from '../../src/errors.ts';
import type { PairBatch, SentenceShard } from '../../src/text/corpus.ts';
import { pairBatch, validationPairBatches } from '../../src/text/pair-batches.ts';
import type { Sentence } from '../../src/text/sentence-index.ts';
import { stretchesOf } from '../../src/text/stretches.ts';
import { CLS, FIRST_WORDPIECE, MASK, PAD, SEP } from '../../src/text/vocabulary.ts';

const VOCAB = 50_000;

/**
 * Documents given by the lengths of their sentences. Every token is another one, so that it tells where it stands.
 */
function shardOf(documents: readonly (readonly number[])[]): SentenceShard {
  const tokens: number[] = [];
  const sentences: Sentence[] = [];
  for (const lengths of documents) {
    for (const [index, length] of lengths.entries()) {
      sentences.push({ start: tokens.length, opens: index === 0 });
      for (let i = 0; i < length; i += 1) tokens.push(FIRST_WORDPIECE + tokens.length);
    }
    tokens.push(SEP);
  }
  return {
    length: tokens.length,
    read: (start, count) => Int32Array.from(tokens.slice(start, start + count)),
    sentences: { count: sentences.length, read: (first, count) => sentences.slice(first, first + count) },
  };
}

/** Sixty documents of 2 to 13 sentences of 3 to 9 tokens. */
const DOCUMENTS = Array.from({ length: 60 }, (_, document) =>
  Array.from({ length: 2 + ((document * 5) % 12) }, (__, sentence) => 3 + ((document * 3 + sentence * 4) % 7)),
);
const shard = shardOf(DOCUMENTS);
const SHAPE = { batch: 16, length: 33, masked: 5, vocab: VOCAB };

interface Read {
  readonly tokens: readonly number[];
  readonly first: readonly number[];
  readonly second: readonly number[];
  readonly follows: boolean;
  readonly masked: readonly number[];
}

/** A row with its masks taken off. */
function readRow(batch: PairBatch, row: number, { length, masked } = SHAPE): Read {
  const own = (values: Int32Array | Float32Array, width: number) => [...values.slice(row * width, (row + 1) * width)];
  const ids = own(batch.ids, length);
  const real = own(batch.weights, masked).map((weight) => weight === 1);
  const positions = own(batch.positions, masked);
  for (const [index, label] of own(batch.labels, masked).entries()) if (real[index]) ids[positions[index]!] = label;
  const tokens = ids.slice(0, own(batch.mask, length).lastIndexOf(1) + 1);
  const middle = tokens.indexOf(SEP);
  return {
    tokens,
    first: tokens.slice(1, middle),
    second: tokens.slice(middle + 1, -1),
    follows: batch.continuations[row] === 0,
    masked: positions.filter((_, index) => real[index]),
  };
}

const rowsOf = (of: SentenceShard, steps: number, seed = 1, shape = SHAPE): Read[] =>
  Array.from({ length: steps }, (_, step) => pairBatch(of, { ...shape, seed, step })).flatMap((batch) =>
    Array.from({ length: shape.batch }, (__, row) => readRow(batch, row, shape)),
  );

/** Which document the token at a place of `shardOf` is of. */
function documentAt(documents: readonly (readonly number[])[], id: number): number {
  let end = FIRST_WORDPIECE;
  return documents.findIndex((lengths) => {
    end += lengths.reduce((sum, length) => sum + length, 1);
    return id < end;
  });
}

test('a batch is a function of seed and step', () => {
  const batch = (seed: number, step: number) => pairBatch(shard, { ...SHAPE, seed, step });
  const again = batch(3, 17);
  batch(3, 18);
  expect(batch(3, 17)).toEqual(again);
  expect(batch(4, 17)).not.toEqual(again);
  expect(batch(3, 16)).not.toEqual(again);
});

test('a sequence is [CLS] A [SEP] B [SEP] and padding, with segments 0 and 1 as BERT has them', () => {
  for (let step = 0; step < 20; step += 1) {
    const batch = pairBatch(shard, { ...SHAPE, seed: 1, step });
    for (let row = 0; row < SHAPE.batch; row += 1) {
      const { tokens, first, second } = readRow(batch, row);
      const padding = SHAPE.length - tokens.length;
      const own = (values: Int32Array) => [...values.slice(row * SHAPE.length, (row + 1) * SHAPE.length)];
      expect(tokens).toEqual([CLS, ...first, SEP, ...second, SEP]);
      expect(Math.min(first.length, second.length)).toBeGreaterThan(0);
      const zeros = (count: number) => Array.from({ length: count }, () => 0);
      const ones = (count: number) => Array.from({ length: count }, () => 1);
      expect(own(batch.segments)).toEqual([...zeros(first.length + 2), ...ones(second.length + 1), ...zeros(padding)]);
      expect(own(batch.mask)).toEqual([...ones(tokens.length), ...zeros(padding)]);
      expect(own(batch.ids).slice(tokens.length)).toEqual(Array.from({ length: padding }, () => PAD));
    }
  }
});

test('B goes on where A ends in half of the pairs, and is of another document in the others', () => {
  const rows = rowsOf(shard, 250);
  for (const { first, second, follows } of rows) {
    const [own, other] = [first[0]!, second[0]!].map((id) => documentAt(DOCUMENTS, id));
    for (const text of [first, second]) expect(text).toEqual(text.map((_, index) => text[0]! + index));
    if (follows) expect(second[0]).toBeGreaterThan(first.at(-1)!);
    expect(own === other).toBe(follows);
  }
  // 4,000 pairs: standard deviation 0.8 points.
  expect(rows.filter(({ follows }) => follows).length / rows.length).toBeCloseTo(0.5, 1.4);
});

test('texts that fit are whole sentences: B begins with the sentence after the last one of A', () => {
  const starts = new Set(shard.sentences.read(0, shard.sentences.count).map(({ start }) => FIRST_WORDPIECE + start));
  const short = rowsOf(shardOf(DOCUMENTS), 60, 2, { ...SHAPE, length: 200 }).filter(({ follows }) => follows);
  expect(short.length).toBeGreaterThan(100);
  for (const { first, second } of short) {
    expect(second[0]).toBe(first.at(-1)! + 1);
    expect(starts.has(first[0]!) && starts.has(second[0]!)).toBe(true);
  }
});

test('neither length nor fullness tells what follows, even where half of the documents are short', () => {
  const mixed = shardOf(
    Array.from({ length: 80 }, (_, index) => (index % 2 === 0 ? [4, 4, 4] : Array.from({ length: 30 }, () => 5))),
  );
  const lengths = (wanted: boolean) =>
    rowsOf(mixed, 120, 3)
      .filter(({ follows }) => follows === wanted)
      .map(({ tokens }) => tokens.length)
      .sort((a, b) => a - b);
  const [positive, negative] = [lengths(true), lengths(false)];
  const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
  expect(Math.abs(mean(positive) - mean(negative))).toBeLessThan(1);
  expect([positive[0], positive.at(-1)]).toEqual([15, 33]);
  expect([negative[0], negative.at(-1)]).toEqual([15, 33]);
});

test('of each text as much is drawn for B as there is of it, however few documents it stands in', () => {
  // Half of the tokens are one document's. Of other documents it is drawn for half of the pairs, not for one in forty.
  const lengths = Array.from({ length: 40 }, (_, index) => Array.from({ length: index === 0 ? 400 : 10 }, () => 6));
  const others = rowsOf(shardOf(lengths), 60).filter(
    ({ first, follows }) => !follows && documentAt(lengths, first[0]!) !== 0,
  );
  const long = others.filter(({ second }) => documentAt(lengths, second[0]!) === 0);
  expect(long.length / others.length).toBeGreaterThan(0.4);
});

test('an epoch takes a pair from every stretch once, and the stretches hold every sentence', () => {
  const stretches = stretchesOf(shard, SHAPE.length - 3);
  const held = new Set<number>();
  for (let index = 0; index < stretches.count; index += 1) {
    const { starts } = stretches.stretch(index);
    expect(starts.length).toBeGreaterThan(2);
    for (const start of starts.slice(0, -1)) held.add(start);
  }
  expect(held.size).toBe(shard.sentences.count);
  const one = { ...SHAPE, batch: 1, length: 200 };
  const whole = stretchesOf(shard, one.length - 3).count;
  const documents = rowsOf(shard, whole, 5, one).map(({ first }) => documentAt(DOCUMENTS, first[0]!));
  expect(new Set(documents).size).toBe(DOCUMENTS.length);
});

describe('masks', () => {
  const rows = rowsOf(shard, 100);

  test('stand on words, distinct and ascending, as many as the share of the sequence that they are in', () => {
    for (const { tokens, masked } of rows) {
      expect(masked).toEqual([...new Set(masked)].sort((a, b) => a - b));
      expect(masked.every((position) => ![undefined, CLS, SEP].includes(tokens[position]))).toBe(true);
      expect(masked).toHaveLength(Math.round((5 * tokens.length) / 33));
    }
    expect(new Set(rows.map(({ masked }) => masked.length))).toContain(5);
    expect(Math.min(...rows.map(({ masked }) => masked.length))).toBeLessThan(5);
  });

  test('are in both texts', () => {
    const inFirst = rows.flatMap(({ masked, first }) => masked.map((position) => position <= first.length));
    expect(inFirst.filter(Boolean).length / inFirst.length).toBeCloseTo(0.5, 0.5);
  });

  test('that are left over stand at padding, weigh nothing and change nothing', () => {
    const batch = pairBatch(shard, { ...SHAPE, seed: 1, step: 0 });
    const left = [...batch.weights.keys()].filter((index) => batch.weights[index] === 0);
    expect(left.length).toBeGreaterThan(0);
    for (const index of left) {
      const at = Math.floor(index / SHAPE.masked) * SHAPE.length + batch.positions[index]!;
      expect([batch.mask[at], batch.ids[at], batch.labels[index]]).toEqual([0, PAD, 0]);
    }
    expect(batch.ids.some((id) => id === MASK)).toBe(true);
    for (let row = 0; row < SHAPE.batch; row += 1) {
      const own = batch.positions.slice(row * SHAPE.masked, (row + 1) * SHAPE.masked);
      expect(new Set(own).size).toBe(SHAPE.masked);
    }
  });
});

test('validation batches are the same every time, and every second B follows its A', () => {
  const batches = validationPairBatches(shard, { ...SHAPE, count: 3 });
  expect(validationPairBatches(shard, { ...SHAPE, count: 3 })).toEqual(batches);
  expect(batches).toHaveLength(3);
  for (const { continuations } of batches) {
    expect([...continuations].reduce((a, b) => a + b, 0)).toBe(SHAPE.batch / 2);
  }
});

describe('what no pairs can be made of', () => {
  test('one document, or documents of one sentence, are refused', () => {
    expect(() => stretchesOf(shardOf([[5, 5, 5]]), 30)).toThrow(UserError);
    expect(() => stretchesOf(shardOf([[5, 5], [40], [7], [9]]), 30)).toThrow(/got 1\b/);
  });

  test('sentences longer than a sequence are cut, not left out', () => {
    for (const { tokens } of rowsOf(
      shardOf([
        [100, 90],
        [80, 120],
        [3, 90, 3],
      ]),
      5,
    ))
      expect(tokens).toHaveLength(33);
  });
});
