import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { VOCABULARY_SIZES } from '../../src/run/corpora.ts';
import { shippedTokenizer } from '../../src/text/tokenizer.ts';
import { FIRST_WORDPIECE, loadVocabulary, MASK, PAD, SPECIAL_TOKENS } from '../../src/text/vocabulary.ts';

type Fixture = Readonly<Record<string, readonly { readonly text: string; readonly ids: readonly number[] }[]>>;

// Made by test/oracle/tokenizer.py.
const fixture = JSON.parse(readFileSync('test/fixtures/tokenizer.json', 'utf8')) as Fixture;

describe.each(Object.entries(fixture))("with %s entries, BERT's own tokenizer agrees", (vocab, known) => {
  const tokenizer = shippedTokenizer(Number(vocab));

  test.each(known)('on $text', async ({ text, ids }) => {
    expect([...(await tokenizer.encode([text]))[0]!.ids]).toEqual(ids);
    expect([...(await tokenizer.ids([text]))[0]!]).toEqual(ids);
  });
});

describe('offsets', () => {
  const tokenizer = shippedTokenizer(1000);

  test('are UTF-16 code units, whatever stands before: emoji, combining accents, invisible characters', async () => {
    const text = '\u{1f600}\u{1f680} cafe\u0301 \u{1f600}the\u00ad \u4e2dland';
    const [{ ids, offsets }] = (await tokenizer.encode([text])) as [Awaited<ReturnType<typeof tokenizer.encode>>[0]];
    const slices = [...ids].map((id, index) => [tokenizer.vocabulary[id], text.slice(...offsets[index]!)] as const);
    const letters = slices.filter(([piece]) => piece !== '[UNK]');
    expect(letters.length).toBeGreaterThan(3);
    for (const [piece, slice] of letters) expect(slice.normalize('NFD')).toContain(piece!.replace('##', ''));
    expect(slices[0]).toEqual(['[UNK]', '\u{1f600}\u{1f680}']);
  });

  test('cover a text without white space gap by gap', async () => {
    const text = 'Unbelievable,stories!';
    const { offsets } = (await tokenizer.encode([text]))[0]!;
    expect(offsets.map((offset) => text.slice(...offset)).join('')).toBe(text);
  });
});

test('text that spells a special token is text', async () => {
  const tokenizer = shippedTokenizer(1000);
  for (const ids of await tokenizer.ids(SPECIAL_TOKENS)) {
    expect([...ids].every((id) => id >= FIRST_WORDPIECE)).toBe(true);
  }
});

test('calls that wait for each other do not mix up their words', async () => {
  const tokenizer = shippedTokenizer(1000);
  const texts = Array.from({ length: 200 }, (_, index) => `word ${index} and ${index * 7919} more`);
  const together = await Promise.all(texts.map(async (text) => (await tokenizer.ids([text]))[0]!));
  const apart = await shippedTokenizer(1000).encode(texts);
  expect(together.map((ids) => [...ids])).toEqual(apart.map(({ ids }) => [...ids]));
});

describe('the shipped vocabulary', () => {
  const all = loadVocabulary(VOCABULARY_SIZES.maximum);

  test('is full size, without repetition, special tokens first', () => {
    expect(all).toHaveLength(VOCABULARY_SIZES.maximum);
    expect(new Set(all).size).toBe(all.length);
    expect(all.slice(0, FIRST_WORDPIECE)).toEqual(SPECIAL_TOKENS);
    expect([all[PAD], all[MASK]]).toEqual(['[PAD]', '[MASK]']);
  });

  test('has every letter and digit, first and following, in its smallest size', () => {
    const smallest = new Set(loadVocabulary(VOCABULARY_SIZES.minimum));
    for (const character of 'abcdefghijklmnopqrstuvwxyz0123456789') {
      expect(smallest).toContain(character);
      expect(smallest).toContain(`##${character}`);
    }
  });

  test('lists every longer entry after two entries that make it up, so that each beginning is a vocabulary', () => {
    const place = new Map(all.map((entry, index) => [entry, index]));
    for (const [index, entry] of all.entries()) {
      const start = entry.startsWith('##') ? 2 : 0;
      if (index < FIRST_WORDPIECE || entry.length - start === 1) continue;
      const cuts = Array.from({ length: entry.length - start - 1 }, (_, cut) => start + cut + 1);
      const parts = cuts.map((cut) => [entry.slice(0, cut), `##${entry.slice(cut)}`] as const);
      expect(
        parts.some((pair) => pair.every((part) => (place.get(part) ?? index) < index)),
        entry,
      ).toBe(true);
    }
  });

  test('comes in sizes from the alphabet to the whole list', () => {
    for (const size of [VOCABULARY_SIZES.minimum - 1, VOCABULARY_SIZES.maximum + 1, 300.5]) {
      expect(() => loadVocabulary(size)).toThrow(RangeError);
    }
  });
});
