import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findCorpus } from '../../src/run/corpus-files.ts';
import { corpusFormat } from '../../src/run/corpora.ts';

const folder = mkdtempSync(join(tmpdir(), 'corpus-files-'));
const FILES = ['texts/b.txt', 'texts/B.jsonl.gz', 'texts/a10.txt', 'texts/a2.txt.zst', 'texts/deep/z.parquet'];
beforeAll(() => {
  for (const name of [...FILES, 'texts/README.md', 'texts/.hidden.txt', 'other/notes.md', '[x].txt', 'wordnet/a.txt']) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), 'text');
  }
  mkdirSync(join(folder, 'empty'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

async function paths(entry: string): Promise<string[]> {
  const found = await findCorpus(entry, folder);
  if ('message' in found) throw new Error(found.message);
  return found.paths.map((path) => path.replace(`${folder}/`, ''));
}
async function mistake(entry: string) {
  const found = await findCorpus(entry, folder);
  if ('paths' in found) throw new Error(`found ${found.paths.length}`);
  return found;
}

test.each([
  ['a.txt', 'txt', null],
  ['A.JSONL.GZ', 'jsonl', 'gz'],
  ['a.b.txt.zst', 'txt', 'zst'],
  ['a.parquet', 'parquet', null],
])('the ending says what %s is', (name, format, packed) => {
  expect(corpusFormat(name)).toEqual({ format, packed });
});
test.each(['a.gz', 'a.parquet.gz', 'txt', 'a.csv', 'a.txt.bz2', ''])('%s cannot be read', (name) => {
  expect(corpusFormat(name)).toBeNull();
});

describe('an entry stands for', () => {
  test('a shipped corpus by its name, before a folder of that name', async () => {
    expect(await paths('wordnet')).toEqual(['wordnet']);
    expect(await paths('./wordnet')).toEqual(['wordnet/a.txt']);
  });

  test('a file, even one with the letters of a glob', async () => {
    expect(await paths('texts/b.txt')).toEqual(['texts/b.txt']);
    expect(await paths('[x].txt')).toEqual(['[x].txt']);
  });

  test('all text beneath a folder, in the order of its paths, not of its listing', async () => {
    expect(await paths('texts')).toEqual([...FILES].sort());
    expect(await paths(join(folder, 'texts/'))).toEqual([...FILES].sort());
  });

  test('what a glob matches, in the same order', async () => {
    expect(await paths('texts/*.txt')).toEqual(['texts/a10.txt', 'texts/b.txt']);
    expect(await paths('**/*.{parquet,jsonl.gz}')).toEqual(['texts/B.jsonl.gz', 'texts/deep/z.parquet']);
    expect(await paths(`${folder}/texts/a*`)).toEqual(['texts/a10.txt', 'texts/a2.txt.zst']);
  });
});

describe('what is looked for and not found is said', () => {
  test.each([
    ['texts/*.csv', /must match a file, got "texts\/\*\.csv", which matches none in .*corpus-files/],
    ['texts/*', /must be \.txt or \.jsonl .* got "README\.md"/],
    ['empty', /must hold text, got the folder "empty" with no file/],
    ['other', /must hold text, got the folder "other" with 1 of other kinds/],
    ['none.txt', /must be a file that exists, got "none\.txt"/],
    ['none/at/all/', /must be a file that exists, got "none\/at\/all\/"/],
    ['none/list.csv', /must be \.txt or \.jsonl .* got "none\/list\.csv"/],
    ['texts/README.md', /must be \.txt or \.jsonl .* got "texts\/README\.md"/],
  ])('%s', async (entry, message) => {
    expect((await mistake(entry)).message).toMatch(message);
  });

  test('with the shipped corpus that is nearly named', async () => {
    expect((await mistake('wordnett')).hint).toContain('Did you mean "wordnet"?');
  });
});
