import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { readVocabularyFile } from '../../src/checkpoint/vocabulary-file.ts';
import { UserError } from '../../src/errors.ts';
import type { VocabularyEvent } from '../../src/run/vocabulary-training.ts';
import { openCorpus } from '../../src/text/corpora/index.ts';
import { learnPieces } from '../../src/text/learn-pieces.ts';
import { openTokenizer } from '../../src/text/tokenizer.ts';
import { trainVocabulary } from '../../src/text/train-vocabulary.ts';

const folder = mkdtempSync(join(tmpdir(), 'vocabulary-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});
const out = join(folder, 'vocab.txt');
const { signal } = new AbortController();
const train = (
  corpora: readonly string[],
  size: number,
  cased = false,
  onEvent: (event: VocabularyEvent) => void = () => undefined,
) => trainVocabulary({ corpora, size, cased, out, signal, onEvent });

interface Learned {
  readonly words: number;
  readonly different: number;
  readonly entries: readonly string[];
}

// Made by test/oracle/vocabulary.py.
const fixture = JSON.parse(readFileSync('test/fixtures/vocabulary.json', 'utf8')) as {
  readonly size: number;
  readonly cased: Learned;
  readonly uncased: Learned;
};
const addresses = openCorpus('sotu')
  .files()
  .filter((path) => /\/(194|20)\d*_[^/]*$/.test(path));

describe.each(['cased', 'uncased'] as const)('%s, the tokenizers library', (kind) => {
  test('learns the same entries in the same order from the same words', async () => {
    const { words, different, entries } = fixture[kind];
    const report = await train(addresses, fixture.size, kind === 'cased');
    expect(report).toEqual({ entries: fixture.size, words, different });
    const text = readFileSync(out, 'utf8');
    expect(text.split('\n')).toEqual([...entries, '']);
    expect(await readVocabularyFile(out)).toEqual({ entries, lowercase: kind === 'uncased' });
  });
});

test('the result is the same however the text is cut into files and lines, and can tokenize it all', async () => {
  const text = addresses.slice(0, 3).map((path) => readFileSync(path, 'utf8'));
  const [one, two] = [join(folder, 'one.txt'), join(folder, 'two.jsonl')];
  writeFileSync(one, text.join('\n').replaceAll(/\s+/g, ' '));
  writeFileSync(two, text.map((own) => `${JSON.stringify({ text: own })}\n`).join(''));
  await train([one], 900);
  const first = readFileSync(out, 'utf8');
  await train([two], 900);
  expect(readFileSync(out, 'utf8')).toBe(first);
  const tokenizer = openTokenizer(await readVocabularyFile(out));
  const [ids] = await tokenizer.ids([text.join('\n')]);
  expect(ids!.includes(tokenizer.special.unk)).toBe(false);
  expect(ids!.length).toBeLessThan((await openTokenizer(256).ids([text.join('\n')]))[0]!.length);
});

test('a pair that comes once is not joined, and the report says how many entries there are', async () => {
  const path = join(folder, 'short.txt');
  writeFileSync(path, 'abab cd abab');
  const { entries } = await train([path], 5000);
  const learned = readFileSync(out, 'utf8').trim().split('\n').slice(-3);
  expect(learned).toEqual(['##ab', 'ab', 'abab'].map(() => expect.any(String) as string));
  expect(new Set(learned)).toEqual(new Set(['ab', '##ab', 'abab']));
  expect(entries).toBe(readFileSync(out, 'utf8').trim().split('\n').length);
});

test('a size below the characters is refused with the least one', async () => {
  const path = join(folder, 'small.txt');
  writeFileSync(path, 'a b c');
  const error: unknown = await train([path], 50).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(UserError);
  expect((error as UserError).message).toMatch(/--size must be at least 109, got 50/);
  expect((await train([path], 109)).entries).toBe(109);
});

test('it tells how far it is, and stops when it is told to', async () => {
  const events: VocabularyEvent[] = [];
  await train(addresses.slice(0, 2), 500, false, (event) => events.push(event));
  const reads = events.filter(({ type }) => type === 'read');
  expect(reads.at(-1)!.done).toBe(reads.at(-1)!.of);
  expect(events.at(-1)).toEqual({ type: 'learn', done: 500, of: 500 });
  const stop = new AbortController();
  const stopped = trainVocabulary({
    ...{ corpora: addresses, size: 2000, cased: false, out: join(folder, 'none.txt'), signal: stop.signal },
    onEvent: () => {
      stop.abort(new Error('stopped'));
    },
  });
  await expect(stopped).rejects.toThrow('stopped');
  expect(() => readFileSync(join(folder, 'none.txt'))).toThrow('ENOENT');
});

test('pairs that overlap themselves are joined from the left', async () => {
  const given = ['a', '##a'];
  expect(await learnPieces(new Map([['aaaa', 10]]), { size: 10, given })).toEqual([...given, '##aa', 'aaa', 'aaaa']);
});
