import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { UserError } from '../../src/errors.ts';
import { shippedTasks, tasks } from '../../src/tasks/index.ts';
import { openCorpus } from '../../src/text/corpora/index.ts';
import type { PreparedCorpus, SentenceShard, TokenShard } from '../../src/text/corpus.ts';
import { validationText, wholeText } from '../../src/text/measured-text.ts';
import { prepareCorpus } from '../../src/text/prepare.ts';
import { loadExamples } from '../../src/text/task-data.ts';
import { openTokenizer } from '../../src/text/tokenizer.ts';
import { CLS, MASK, PAD, SEP } from '../../src/text/vocabulary.ts';

const folder = mkdtempSync(join(tmpdir(), 'prepare-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});
const newCache = () => mkdtempSync(join(folder, 'cache-'));
const ignore = () => undefined;
const tokensOf = (shard: TokenShard) => [...shard.read(0, shard.length)];

/** A hundred documents of three sentences each, a thousandth of a second's work. */
const sentences = Array.from({ length: 300 }, (_, index) => `the ship number ${index} sails home.`);
const text = join(folder, 'ships.txt');
writeFileSync(text, sentences.map((line, index) => (index % 3 === 2 ? `${line}\n` : line)).join('\n'));

describe('a small corpus', () => {
  test('has every sentence in one shard, documents whole and ended by [SEP]', async () => {
    const { train, validation } = await prepareCorpus([text], 1000, newCache(), ignore);
    const tokenizer = openTokenizer(1000);
    const expected = await tokenizer.ids(
      Array.from({ length: 100 }, (_, index) => sentences.slice(3 * index, 3 * index + 3).join(' ')),
    );
    const found = [train, validation].flatMap((shard) => documentsIn(tokensOf(shard)));
    expect(found.sort()).toEqual(expected.map((ids) => ids.join(' ')).sort());
    expect(documentsIn(tokensOf(validation))).toHaveLength(2);
  });

  test('has the same validation text when it is read without being prepared', async () => {
    const { train, validation } = await prepareCorpus([text], 1000, newCache(), ignore);
    const tokenizer = openTokenizer(1000);
    expect(tokensOf(await validationText(tokenizer, SEP, [openCorpus(text)]))).toEqual(tokensOf(validation));
    const whole = await wholeText(tokenizer, SEP, openCorpus(text));
    expect(whole.length).toBe(train.length + validation.length);
  });

  test('in another vocabulary ends its documents with the [SEP] of that, and is another one with case', async () => {
    const entries = ['a', '[UNK]', 'b', '[PAD]', 'c', '[MASK]', 'd', '[SEP]', '##e', '[CLS]'];
    const letters = join(folder, 'letters.txt');
    writeFileSync(letters, Array.from({ length: 300 }, () => 'a b c d\n').join('\n'));
    const cache = newCache();
    const prepared = (lowercase: boolean) => prepareCorpus([letters], { entries, lowercase }, cache, ignore);
    const [uncased, cased] = [await prepared(true), await prepared(false)];
    expect([uncased.vocab, uncased.special]).toEqual([10, { pad: 3, unk: 1, cls: 9, sep: 7, mask: 5 }]);
    expect([...uncased.train.read(0, 10)]).toEqual([0, 2, 4, 6, 7, 0, 2, 4, 6, 7]);
    expect(cased.digest).not.toBe(uncased.digest);
  });

  test('of one long document gives up pieces of it to validation, and what stood around them is parted', async () => {
    const path = join(folder, 'one-document.jsonl');
    const lines = Array.from({ length: 4000 }, (_, index) => `The ship number ${index} sails home.`);
    writeFileSync(path, JSON.stringify({ text: lines.join(' ') }));
    const { train, validation } = await prepareCorpus([path], 1000, newCache(), ignore);
    // 125 pieces: the first of all, and one in each of the next two fifties or not yet.
    const pieces = documentsIn(tokensOf(validation)).length;
    expect(pieces).toBeGreaterThan(1);
    expect(documentsIn(tokensOf(train))).toHaveLength(pieces);
  });

  test('is made once: found again in the cache, named by what it holds', async () => {
    const cache = newCache();
    const seen: number[] = [];
    const first = await prepareCorpus([text], 1000, cache, (done, of) => seen.push(done / of));
    expect(seen[0]).toBe(0);
    expect(seen.at(-1)).toBe(1);
    const copy = join(folder, 'copy.txt');
    writeFileSync(copy, readFileSync(text));
    const again = await prepareCorpus([copy], 1000, cache, () => {
      throw new Error('made again');
    });
    expect(again.digest).toBe(first.digest);
    expect(readdirSync(cache)).toEqual([first.digest]);
    const digests = [
      await prepareCorpus([text], 999, cache, ignore),
      await prepareCorpus([text, copy], 1000, cache, ignore),
    ];
    expect(new Set([first, ...digests].map(({ digest }) => digest)).size).toBe(3);
  });

  test('made twice at once comes out right for both, and leaves nothing else behind', async () => {
    const cache = newCache();
    const both = await Promise.all([1, 2].map(() => prepareCorpus([text], 1000, cache, ignore)));
    expect(tokensOf(both[0]!.train)).toEqual(tokensOf(both[1]!.train));
    expect(readdirSync(cache)).toEqual([both[0]!.digest]);
  });

  test('stops with the reason given, and leaves nothing behind', async () => {
    const cache = newCache();
    const stop = new AbortController();
    const reason = new Error('enough');
    const stopped = prepareCorpus(
      [text],
      1000,
      cache,
      () => {
        stop.abort(reason);
      },
      stop.signal,
    );
    await expect(stopped).rejects.toBe(reason);
    expect(readdirSync(cache)).toEqual([]);
  });

  test('may be too small, or not there', async () => {
    const one = join(folder, 'one.txt');
    writeFileSync(one, 'A single sentence.\n');
    await expect(prepareCorpus([one], 1000, newCache(), ignore)).rejects.toThrow(UserError);
    await expect(prepareCorpus([join(folder, 'none.txt')], 1000, newCache(), ignore)).rejects.toThrow(UserError);
  });

  test('reads nothing outside a shard', async () => {
    const { train } = await prepareCorpus([text], 1000, newCache(), ignore);
    expect(() => train.read(train.length - 1, 2)).toThrow(RangeError);
    expect(() => train.read(-1, 2)).toThrow(RangeError);
  });
});

describe('a corpus prepared with its sentences', () => {
  const cache = newCache();
  let plain: PreparedCorpus;
  let paired: PreparedCorpus;
  beforeAll(async () => {
    plain = await prepareCorpus([text], 1000, cache, ignore);
    paired = await prepareCorpus([text], 1000, cache, ignore, undefined, ignore, true);
  });

  test('has the same tokens and the same digest, in a folder of its own beside the other', () => {
    expect(tokensOf(paired.train)).toEqual(tokensOf(plain.train));
    expect(tokensOf(paired.validation)).toEqual(tokensOf(plain.validation));
    expect(paired.digest).toBe(plain.digest);
    expect(readdirSync(cache)).toHaveLength(2);
    expect(readdirSync(join(cache, plain.digest)).sort()).toEqual(['shards.json', 'train.u16', 'validation.u16']);
  });

  test('knows where sentences and documents begin', async () => {
    expect(plain.train.sentences).toBeUndefined();
    const { train, validation } = paired as Record<'train' | 'validation', SentenceShard>;
    expect(train.sentences.count + validation.sentences.count).toBe(sentences.length);
    const all = train.sentences.read(0, train.sentences.count);
    const ids = tokensOf(train);
    const found = all.map(({ start }, index) => ids.slice(start, all[index + 1]?.start ?? train.length));
    const known = new Set((await openTokenizer(1000).ids(sentences)).map((own) => own.join()));
    for (const own of found) expect(known).toContain(own.filter((id) => id !== SEP).join());
    expect(all.map(({ opens }) => opens)).toEqual(all.map(({ start }) => start === 0 || ids[start - 1] === SEP));
    expect(all.filter(({ opens }) => opens)).toHaveLength(train.sentences.count / 3);
    expect(() => train.sentences.read(train.sentences.count, 1)).toThrow(RangeError);
  });
});

test('loses the sentences that test examples hold, whatever their case and spacing', async () => {
  const { test: examples } = await loadExamples(tasks[0]!);
  const heldOut = tasks[0]!.texts(examples[0] as never)[0]!;
  const path = join(folder, 'leaky.jsonl');
  const leak = `${heldOut.toUpperCase().replaceAll(' ', '  ')}.`;
  const lines = sentences.map((line) => JSON.stringify({ text: `${line} ${leak} The end.` }));
  writeFileSync(path, lines.join('\n'));
  const corpus = await prepareCorpus([path], 1000, newCache(), ignore);
  const [wanted] = await openTokenizer(1000).ids([sentences[0]!.replace('the ship', 'The ship') + ' The end.']);
  expect(documentsIn(tokensOf(corpus.validation))).toContain(wanted!.join(' '));
  expect([corpus.train, corpus.validation].flatMap((shard) => documentsIn(tokensOf(shard)))).toHaveLength(300);
  expect(sequencesIn(corpus, await openTokenizer(1000).ids([heldOut]))).toEqual([]);
});

describe('the shipped corpora', () => {
  let corpus: PreparedCorpus;
  beforeAll(async () => {
    corpus = await prepareCorpus(['wordnet', 'sotu'], 4000, newCache(), ignore);
  }, 120_000);

  test('give some five million tokens, one in fifty for validation, nearly all known', () => {
    expect(corpus.train.length).toBeGreaterThan(4.5e6);
    expect(corpus.validation.length / corpus.train.length).toBeCloseTo(0.02, 2);
    const ids = tokensOf(corpus.validation);
    expect(ids.filter((id) => id === 1).length / ids.length).toBeLessThan(0.001);
    expect(ids.some((id) => id === PAD || id === CLS || id === MASK)).toBe(false);
  });

  test('hold the text of no test example of any task', async () => {
    const tokenizer = openTokenizer(4000);
    const texts = new Set<string>();
    for (const task of shippedTasks) {
      const { test: examples } = await loadExamples(task);
      for (const example of examples) for (const found of task.texts(example as never)) texts.add(found);
    }
    // Shorter ones ("a person", "very") stand inside other sentences, where they give nothing away.
    const long = (await tokenizer.ids([...texts])).filter((ids) => ids.length >= GRAM);
    expect(long.length).toBeGreaterThan(1500);
    expect(sequencesIn(corpus, long)).toEqual([]);
  });
});

/** Documents of a shard as text of ids. */
function documentsIn(tokens: readonly number[]): string[] {
  return tokens
    .join(' ')
    .split(` ${SEP}`)
    .map((document) => document.trim())
    .filter((document) => document !== '');
}

const GRAM = 12;

/** Those of the sequences (of GRAM tokens and more) that stand anywhere in the shards. */
function sequencesIn({ train, validation }: PreparedCorpus, sequences: readonly Int32Array[]): string[] {
  const byStart = new Map(sequences.map(toText).map((text) => [text.slice(0, GRAM), text]));
  const found: string[] = [];
  for (const text of [train, validation].map((shard) => toText(shard.read(0, shard.length)))) {
    for (let at = 0; at + GRAM <= text.length; at += 1) {
      const sequence = byStart.get(text.slice(at, at + GRAM));
      if (sequence !== undefined && text.startsWith(sequence, at)) found.push(sequence);
    }
  }
  return found;
}

/** Ids as characters: a text search is a search for a sequence. */
function toText(ids: Int32Array): string {
  return new TextDecoder('utf-16le').decode(Uint16Array.from(ids));
}

test("a user's vocabulary, special tokens anywhere, decides ids, separators and the corpus's name", async () => {
  const entries = ['ship', '[UNK]', 'The', '[SEP]', 'sails', '[PAD]', '[CLS]', '[MASK]', 'the'];
  const path = join(folder, 'own-vocabulary.txt');
  writeFileSync(path, 'The ship sails.\n\nthe ship\n\n'.repeat(60));
  const cache = newCache();
  const cased = await prepareCorpus([path], { entries, lowercase: false }, cache, ignore);
  const uncased = await prepareCorpus([path], { entries, lowercase: true }, cache, ignore);
  expect(tokensOf(cased.train).slice(0, 8)).toEqual([8, 0, 3, 2, 0, 4, 1, 3]);
  expect(tokensOf(uncased.train).slice(0, 8)).toEqual([8, 0, 3, 8, 0, 4, 1, 3]);
  expect([cased.vocab, cased.special.sep, cased.special.mask]).toEqual([9, 3, 7]);
  expect(cased.digest).not.toBe(uncased.digest);
});
