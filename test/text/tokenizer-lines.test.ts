import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { openTokenizer, type TokenizedText } from '../../src/text/tokenizer.ts';
import { loadVocabulary } from '../../src/text/vocabulary.ts';

type Fixture = Readonly<Record<'uncased' | 'cased', string>> & { readonly lines: readonly string[] };

// Made by test/oracle/tokenizer_lines.py: BertTokenizerFast's ids and offsets of 10,000 lines.
const fixture = JSON.parse(gunzipSync(readFileSync('test/fixtures/tokenizer-lines.json.gz')).toString()) as Fixture;
const { lines } = fixture;
const DIGITS = 4;

function digest({ ids, offsets }: TokenizedText): string {
  const numbers = offsets.map(([start, end], token) => [ids[token], start, end]);
  return createHash('sha256').update(JSON.stringify(numbers)).digest('hex').slice(0, DIGITS);
}

describe.each(['uncased', 'cased'] as const)('%s, on each of 10,000 awkward lines', (kind) => {
  const tokenizer = openTokenizer({ entries: loadVocabulary(4000), lowercase: kind === 'uncased' });

  test('ids and offsets are those of BertTokenizerFast, and bulk work gives the same ids', async () => {
    expect(lines).toHaveLength(10_000);
    const encoded = await tokenizer.encode(lines);
    const other = lines.filter(
      (_, line) => digest(encoded[line]!) !== fixture[kind].slice(DIGITS * line, DIGITS * (line + 1)),
    );
    expect(other).toEqual([]);
    const bulk = await tokenizer.ids(lines);
    expect(lines.filter((_, line) => bulk[line]!.join() !== encoded[line]!.ids.join())).toEqual([]);
  });
});
