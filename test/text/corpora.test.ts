import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { UserError } from '../../src/errors.ts';
import type { Document } from '../../src/text/corpora/corpus.ts';
import { corpora, openCorpus } from '../../src/text/corpora/index.ts';
import { sentencesOf } from '../../src/text/sentences.ts';

const folder = mkdtempSync(join(tmpdir(), 'corpora-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

function file(name: string, content: string): string {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
}

async function documents(source: string): Promise<Document[]> {
  const found: Document[] = [];
  for await (const document of openCorpus(source).documents()) found.push(document);
  return found;
}
const passages = async (source: string) => (await documents(source)).map((document) => document.passages);

async function mistake(source: string): Promise<UserError> {
  const error: unknown = await documents(source).catch((reason: unknown) => reason);
  if (error instanceof UserError) return error;
  throw new Error('no UserError', { cause: error });
}

describe('a .txt corpus', () => {
  test('has a sentence a line and blank lines between documents, however lines end', async () => {
    const path = file('two.txt', '\ufeffOne.\r\nTwo.\r\n\r\n  \n\nThree.');
    expect(await passages(path)).toEqual([[['One.'], ['Two.']], [['Three.']]]);
    const bytes = (await documents(path)).reduce((sum, document) => sum + document.bytes, 0);
    expect(bytes).toBeGreaterThan(20);
  });

  test('is cut where no blank line ever comes', async () => {
    const all = await passages(file('long.txt', 'line\n'.repeat(2500)));
    expect(all.map((document) => document.length)).toEqual([1000, 1000, 500]);
  });
});

describe('a .jsonl corpus', () => {
  test('has a document a line, cut into sentences', async () => {
    const path = file('two.jsonl', '{"text": "One. Two\\nlines."}\n\n{"id": 3, "text": "Three?"}\n');
    expect(await passages(path)).toEqual([[['One.'], ['Two lines.']], [['Three?']]]);
  });

  test.each([
    ['no-json.jsonl', '{"text": "fine"}\n{"text": "bro\n', /no-json\.jsonl:2: .* must be JSON/],
    ['no-text.jsonl', '{"text": "fine"}\n\n{"body": "fine"}\n', /no-text\.jsonl:3: .* must have a "text"/],
    ['number.jsonl', '{"text": 7}\n', /number\.jsonl:1: .* must have a "text" that is a string/],
    ['null.jsonl', 'null\n', /null\.jsonl:1: /],
  ])('names the line that is wrong: %s', async (name, content, message) => {
    expect((await mistake(file(name, content))).message).toMatch(message);
  });
});

test.each(['empty.txt', 'empty.jsonl'])('%s holds no text', async (name) => {
  expect((await mistake(file(name, ''))).message).toContain(`${name}: the corpus holds no text`);
  expect((await mistake(file(name, '\n \n'))).message).toContain(`${name}: the corpus holds no text`);
});

test('a file that is not there, or is a folder, is named', async () => {
  expect((await mistake(join(folder, 'none.txt'))).message).toContain('none.txt: the corpus file cannot be read');
  mkdirSync(join(folder, 'folder.txt'));
  expect((await mistake(join(folder, 'folder.txt'))).message).toContain('a corpus must be a file, got a folder');
  expect((await mistake(`${folder}/none/x.jsonl`)).message).toContain('there is no such file');
});

test('an unknown corpus is answered with the known ones', () => {
  expect(() => openCorpus('wordnett')).toThrow(UserError);
  try {
    openCorpus('wordnett');
  } catch (error) {
    expect((error as UserError).hint).toBe('Did you mean "wordnet"? Shipped are wordnet and sotu.');
  }
});

// A new corpus gets these by being registered.
describe.each(corpora.map((corpus) => [corpus.name, corpus] as const))('the corpus %s', (_, corpus) => {
  test('is found by its name and says what it is', () => {
    expect(openCorpus(corpus.name)).toBe(corpus);
    for (const text of [corpus.summary, corpus.source, corpus.licence]) expect(text).not.toBe('');
  });

  test('holds over a million words in documents of whole sentences', async () => {
    let words = 0;
    for await (const document of corpus.documents()) {
      expect(document.passages.length).toBeGreaterThan(0);
      for (const sentence of document.passages.flat()) words += sentence.split(' ').length;
    }
    expect(words).toBeGreaterThan(1e6);
  });
});

test.each([
  ['One. Two? "Three!" (Four.) 5 is five.', ['One.', 'Two?', '"Three!"', '(Four.)', '5 is five.']],
  ['It costs 3.5 dollars, e.g. now.', ['It costs 3.5 dollars, e.g. now.']],
  ['  One\n line.  ', ['One line.']],
])('sentences of %s', (text, sentences) => {
  expect(sentencesOf(text)).toEqual(sentences);
});
