import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { UserError } from '../../src/errors.ts';
import { openCorpus } from '../../src/text/corpora/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'packed-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});
const file = (name: string, content: string | Uint8Array): string => {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
};
// Made by test/oracle/corpora.py.
const fixture = (name: string) => `test/fixtures/corpora/${name}`;

async function sentences(source: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { passages } of openCorpus(source).documents()) found.push(...passages.flat());
  return found;
}
async function mistake(source: string): Promise<UserError> {
  const error: unknown = await sentences(source).catch((reason: unknown) => reason);
  if (error instanceof UserError) return error;
  throw new Error('no UserError', { cause: error });
}
async function bytesOf(source: string): Promise<number> {
  let sum = 0;
  for await (const { bytes } of openCorpus(source).documents()) sum += bytes;
  return sum;
}

/** More than a few reads of the file. */
const LINES = Array.from({ length: 60_000 }, (_, index) => `Ship ${index} of ${index * 7919} caf\u00e9s.`);
const TEXT = `${LINES.join('\n')}\n`;

describe('gzip', () => {
  test('is unpacked, whatever the ending says of case, and of several members', async () => {
    const path = file('a.txt.GZ', Buffer.concat([gzipSync(TEXT.slice(0, 99)), gzipSync(TEXT.slice(99))]));
    expect(await sentences(path)).toEqual(LINES);
    expect(await sentences(file('b.jsonl.gz', gzipSync('{"text": "One. Two."}\n')))).toEqual(['One.', 'Two.']);
  });

  test('counts the bytes of the file, not of what is in it', async () => {
    const packed = gzipSync(TEXT);
    expect(await bytesOf(file('c.txt.gz', packed))).toBeCloseTo(packed.length, 3);
    expect(await bytesOf(file('c.txt', TEXT))).toBeCloseTo(Buffer.byteLength(TEXT), 3);
  });

  test.each([
    ['cut', gzipSync(TEXT).subarray(0, -400)],
    ['cut-at-end', gzipSync(TEXT).subarray(0, -3)],
    ['no-gzip', Buffer.from(TEXT)],
    ['flipped', gzipSync(TEXT).map((byte, index) => (index === 5000 ? byte ^ 1 : byte))],
  ])('that is damaged says where: %s', async (name, bytes) => {
    const { message } = await mistake(file(`${name}.txt.gz`, bytes));
    expect(message).toMatch(/\.txt\.gz: the gzip data is damaged or ends too early, within its first [\d,]+ bytes/);
  });
});

describe('Zstandard', () => {
  const bytes = readFileSync(fixture('ships.txt.zst'));

  test('is unpacked, frame by frame', async () => {
    const ships = Array.from({ length: 20_000 }, (_, number) => `Ship number ${number} sails home.`);
    expect(await sentences(fixture('ships.txt.zst'))).toEqual([...ships, 'The end.']);
  });

  test.each([
    ['cut', bytes.subarray(0, 4000)],
    ['cut-at-end', bytes.subarray(0, -12)],
    ['no-zstd', Buffer.from(TEXT)],
  ])('that is damaged says where: %s', async (name, content) => {
    const { message } = await mistake(file(`${name}.txt.zst`, content));
    expect(message).toMatch(
      /\.txt\.zst: the Zstandard data is damaged or ends too early, within its first [\d,]+ bytes/,
    );
  });
});

describe('Parquet', () => {
  test.each(['none', 'snappy', 'gzip', 'zstd', 'brotli'])('packed as %s: a document a row of "text"', async (name) => {
    expect(await sentences(fixture(`${name}.parquet`))).toEqual(['One.', 'Two lines.', 'Caf\u00e9 three?']);
  });

  test('without "text", the only column of strings', async () => {
    expect(await sentences(fixture('single.parquet'))).toHaveLength(3);
  });

  test('with no such column, or with several, is refused by name', async () => {
    expect((await mistake(fixture('two-columns.parquet'))).message).toMatch(/got 2 of strings among "title", "body"/);
    expect((await mistake(fixture('no-column.parquet'))).message).toMatch(/got 0 of strings among "id"/);
  });

  test('that is damaged is named', async () => {
    const whole = readFileSync(fixture('snappy.parquet'));
    for (const bytes of [whole.subarray(0, -40), whole.subarray(40), Buffer.from('no parquet')]) {
      expect((await mistake(file('bad.parquet', bytes))).message).toMatch(/bad\.parquet cannot be read as Parquet/);
    }
  });

  test('that is damaged further on is named with the rows that cannot be read', async () => {
    const whole = readFileSync(fixture('gzip.parquet'));
    // Every page is a gzip member of its own; the last is the text of the last row.
    whole.fill(0xff, whole.lastIndexOf(Buffer.of(0x1f, 0x8b)) + 10, whole.lastIndexOf(Buffer.of(0x1f, 0x8b)) + 20);
    expect((await mistake(file('late.parquet', whole))).message).toMatch(
      /late\.parquet cannot be read as Parquet, rows 3 to 3 \(/,
    );
  });

  test('must be UTF-8', async () => {
    const whole = readFileSync(fixture('none.parquet'));
    const at = whole.indexOf('Caf\u00e9 three');
    whole[at + 4] = 0x20;
    expect((await mistake(file('latin.parquet', whole))).message).toMatch(
      /latin\.parquet: a corpus must be UTF-8; row 3 is not/,
    );
  });
});

describe('text that is not UTF-8', () => {
  test.each([
    ['latin1', Buffer.from('fine\nCaf\xe9 au lait\n', 'latin1'), /latin1\.txt:2: .* byte 4 of the line is not/],
    ['utf16', Buffer.from('\ufefftext', 'utf16le'), /utf16\.txt:1: .* byte 1 of the line/],
    ['cut', Buffer.from('fine\nfine\ncaf\u00e9').subarray(0, -1), /cut\.txt:3: .* byte 4 of the line/],
    ['late', Buffer.concat([Buffer.from(TEXT), Buffer.from([0xff])]), /late\.txt:60001: .* byte 1 of the line/],
  ])('names the line and the byte: %s', async (name, bytes, message) => {
    expect((await mistake(file(`${name}.txt`, bytes))).message).toMatch(message);
  });
});

describe('a very long line', () => {
  test('of a .txt is cut at spaces, or between characters, and nothing of it is lost', async () => {
    const words = Array.from({ length: 700_000 }, (_, index) => `w${index}`);
    const pieces = await sentences(file('one-line.txt', words.join(' ')));
    expect(pieces.length).toBeGreaterThan(3);
    expect(pieces.join(' ').split(' ')).toEqual(words);
    const characters = '\u4e2d\u6587'.repeat(600_000);
    const parts = await sentences(file('no-space.txt', characters));
    expect(parts.length).toBeGreaterThan(2);
    expect(parts.join('')).toBe(characters);
  });

  test('of a .jsonl is refused', async () => {
    const path = file('long.jsonl', Buffer.alloc((1 << 26) + (1 << 20), 'x'));
    expect((await mistake(path)).message).toMatch(/long\.jsonl:1: a line must not be longer than 64 MiB/);
  });
});
