import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { makeTokenizerFiles } from '../../src/checkpoint/tokenizer-files.ts';
import { readVocabularyFile } from '../../src/checkpoint/vocabulary-file.ts';
import { UserError } from '../../src/errors.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vocabulary-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const ENTRIES = ['[UNK]', 'ship', '[PAD]', '##s', '[MASK]', '[SEP]', '[CLS]', 'home'];
const write = (name: string, content: string | object): string => {
  writeFileSync(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content));
  return join(folder, name);
};
const list = (entries: readonly string[], name = 'vocab.txt') => write(name, `${entries.join('\n')}\n`);
const read = (name: string) => readVocabularyFile(join(folder, name));
async function mistake(name: string): Promise<string> {
  const error: unknown = await read(name).then(
    () => null,
    (reason: unknown) => reason,
  );
  if (error instanceof UserError) return error.message;
  throw new Error('no UserError', { cause: error });
}

/** As `tokenizers` saves it; test/train/save-model.test.ts has transformers' word for that. */
const tokenizerJson = (lowercase: boolean) =>
  JSON.parse(makeTokenizerFiles({ entries: ENTRIES, lowercase }, 8).get('tokenizer.json')!) as Record<string, object>;

describe('a list of entries', () => {
  test('has the ids of its lines, however lines end', async () => {
    write('mine.txt', ENTRIES.join('\r\n'));
    expect(await read('mine.txt')).toEqual({ entries: ENTRIES, lowercase: true });
  });

  test('is cased where its entries have capitals and nothing says otherwise', async () => {
    list([...ENTRIES, 'Ship']);
    expect((await read('vocab.txt')).lowercase).toBe(false);
    list([...ENTRIES, '[unused1]', '[NEW]', '\u00e9']);
    expect((await read('vocab.txt')).lowercase).toBe(true);
    list([...ENTRIES, '\u00c9']);
    expect((await read('vocab.txt')).lowercase).toBe(false);
  });

  test('is cased or not as the files beside it say, tokenizer_config.json before tokenizer.json', async () => {
    list([...ENTRIES, 'Ship']);
    write('tokenizer.json', tokenizerJson(true));
    expect((await read('vocab.txt')).lowercase).toBe(true);
    write('tokenizer_config.json', { do_lower_case: false });
    expect((await read('vocab.txt')).lowercase).toBe(false);
  });

  test.each([
    ['an empty line', ['[PAD]', '', 'b'], 'entry 2 must not be empty'],
    ['an entry twice', [...ENTRIES, 'ship'], 'entry 9, "ship", must not be entry 2 again'],
    ['no special tokens', ['[UNK]', 'a', '[CLS]'], "BERT's special tokens, but has no [PAD], [SEP], [MASK]"],
    ['too many', Array.from({ length: 65_537 }, (_, index) => `w${index}`), 'must fit the token table'],
  ])('is refused with %s', async (_, entries, message) => {
    list(entries);
    expect(await mistake('vocab.txt')).toContain(message);
  });

  test('that is not there is named', async () => {
    expect(await mistake('none.txt')).toContain('none.txt: there is no such file');
  });
});

describe('a tokenizer.json', () => {
  test.each([true, false])('gives entries and case (lowercase: %s)', async (lowercase) => {
    write('tokenizer.json', tokenizerJson(lowercase));
    expect(await read('tokenizer.json')).toEqual({ entries: ENTRIES, lowercase });
  });

  test.each([
    ['model', { type: 'BPE' }, 'model.type must be "WordPiece", as BERT\'s is, got "BPE"'],
    ['model', { type: 'Unigram' }, 'got "Unigram"'],
    ['model', { unk_token: '<unk>' }, 'model.unk_token must be "[UNK]"'],
    ['model', { continuing_subword_prefix: '@@' }, 'model.continuing_subword_prefix must be "##"'],
    ['model', { max_input_chars_per_word: 200 }, 'model.max_input_chars_per_word must be 100'],
    ['normalizer', { type: 'NFC' }, 'normalizer.type must be "BertNormalizer", as BERT\'s is, got "NFC"'],
    ['normalizer', { strip_accents: false }, 'normalizer.strip_accents must be null or true'],
    ['normalizer', { handle_chinese_chars: false }, 'normalizer.handle_chinese_chars must be true'],
    ['pre_tokenizer', { type: 'ByteLevel' }, 'pre_tokenizer.type must be "BertPreTokenizer"'],
  ])('of another kind is refused with what it is: %s %j', async (part, change, message) => {
    const whole = tokenizerJson(true);
    write('tokenizer.json', { ...whole, [part]: { ...whole[part], ...change } });
    expect(await mistake('tokenizer.json')).toContain(message);
    list(ENTRIES);
    expect(await mistake('vocab.txt')).toContain(message);
  });

  test('without a part, or without JSON, is refused', async () => {
    write('tokenizer.json', { ...tokenizerJson(true), normalizer: null });
    expect(await mistake('tokenizer.json')).toContain('normalizer.type must be "BertNormalizer"');
    write('tokenizer.json', '{');
    expect(await mistake('tokenizer.json')).toContain('must be JSON');
  });
});
