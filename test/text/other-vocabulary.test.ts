import { describe, expect, test } from 'vitest';
import { maskedBatch, validationBatches } from '../../src/text/batches.ts';
import type { TokenShard } from '../../src/text/corpus.ts';
import { encodePairs } from '../../src/text/encode.ts';
import { prepareCorpus } from '../../src/text/prepare.ts';
import { openTokenizer, wordPieceTokenizer } from '../../src/text/tokenizer.ts';
import { specialIds } from '../../src/text/vocabulary.ts';
import { vocabularyOf } from '../../src/train/vocabulary.ts';
import { expected, fixture } from '../checkpoint/oracle.ts';
import { tinySettings } from '../train/tiny.ts';

describe("in another model's vocabulary", () => {
  const entries = ['a', '[UNK]', 'b', '[PAD]', 'c', '[MASK]', 'd', '[SEP]', '##e', '[CLS]', 'É'];
  const special = { pad: 3, unk: 1, cls: 9, sep: 7, mask: 5 };

  test('special tokens are found wherever they stand, and the one that lacks is named', () => {
    expect(specialIds(entries)).toEqual(special);
    expect(specialIds(entries.filter((entry) => entry !== '[SEP]'))).toBe('[SEP]');
  });

  test('case and accents stay where the model has them', async () => {
    const [cased] = await wordPieceTokenizer(entries, false).ids(['É de D']);
    const [uncased] = await wordPieceTokenizer(entries, true).ids(['É de D']);
    expect([[...cased!], [...uncased!]]).toEqual([
      [10, 6, 8, 1],
      [1, 6, 8, 6],
    ]);
  });

  test('batches are framed and masked with its ids, and nothing special stands in for a masked token', () => {
    const text = Int32Array.from({ length: 4000 }, (_, index) => [0, 2, 4, 6, 1, 7][index % 6]!);
    const shard: TokenShard = { length: 4000, read: (start, count) => text.slice(start, start + count) };
    const shape = { batch: 50, length: 20, masked: 9, vocab: entries.length, special };
    for (const batch of [
      maskedBatch(shard, { ...shape, seed: 1, step: 0 }),
      validationBatches(shard, { ...shape, count: 1 })[0]!,
    ]) {
      const row = (index: number) => [...batch.ids.subarray(20 * index, 20 * index + 20)];
      expect(new Set(Array.from({ length: 50 }, (_, index) => row(index)[0]))).toEqual(new Set([9]));
      expect(new Set(Array.from({ length: 50 }, (_, index) => row(index)[19]))).toEqual(new Set([7]));
      expect(new Set(batch.labels)).toEqual(new Set([0, 2, 4, 6]));
      const stand = batch.positions.map((position, index) => batch.ids[position + 20 * Math.floor(index / 9)]!);
      const counts = entries.map((_, id) => stand.filter((other) => other === id).length);
      // Of 450, 80 % and a tenth of the rest are [MASK]; 5 % are any of the six tokens of text.
      expect(counts[5]).toBeGreaterThan(330);
      expect([1, 3, 7, 9].map((id) => counts[id])).toEqual([0, 0, 0, 0]);
      expect(counts[8]! + counts[10]!).toBeGreaterThan(0);
    }
  });

  test('texts of tasks are framed and filled up with its ids', async () => {
    const { ids, mask } = await encodePairs(wordPieceTokenizer(entries, true), [{ text: 'a b', pair: 'c' }], 8);
    expect([...ids]).toEqual([9, 0, 2, 7, 4, 7, 3, 3]);
    expect([...mask]).toEqual([1, 1, 1, 1, 1, 1, 0, 0]);
  });

  test('with more entries than a shard has numbers no text is prepared', async () => {
    const many = [...entries, ...Array.from({ length: 2 ** 16 }, (_, index) => `##${index}`)];
    const prepared = prepareCorpus([], { entries: many, lowercase: true }, 'no-cache', () => undefined);
    await expect(prepared).rejects.toThrow('at most 65536 entries, got 65547');
  });

  test('of a checkpoint, a cell reads all its text', async () => {
    const settings = tinySettings();
    const init = { ...settings.model.init, checkpoint: fixture('bert') };
    const tokenizer = openTokenizer(await vocabularyOf({ ...settings, model: { ...settings.model, init } }));
    for (const { text, ids } of expected.texts) expect([...(await tokenizer.ids([text]))[0]!]).toEqual(ids);
    expect((await vocabularyOf(settings)).entries).toHaveLength(settings.data.vocab);
  });
});
