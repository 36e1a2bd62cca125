import type { Cell, Settings } from '../../src/run/spec.ts';
import type { PreparedCorpus, SentenceShard, TokenShard } from '../../src/text/corpus.ts';
import { SEP, SHIPPED_IDS } from '../../src/text/vocabulary.ts';

export const VOCAB = 256;

/** The smallest settings that still train: one cell in about a second. */
export const tinySettings = (): Settings => ({
  model: {
    ...{ layers: 2, hidden: 16, heads: 2, ffn: 32, positions: 24, norm: 'pre', dropout: 0.1 },
    init: { std: 0.25, positions: 'sinusoidal' },
  },
  data: { corpus: ['wordnet'], vocab: VOCAB, length: 16, mask: 0.25 },
  train: { steps: 40, batch: 16, rate: 1e-2, warmup: 4, decay: 0.01, clip: 1, precision: 'fp32', evaluate: 10 },
  growth: { optimizer: 'reset', rate: 'restart' },
  finetune: { tasks: [], examples: 64, epochs: 1, batch: 16, rate: 1e-3, length: 24, warmup: 0.1 },
  schedule: [{ share: 1, reductions: {} }],
});

/** A cell of these settings; which engine it names matters to nothing but its id. */
export const tinyCell = (settings: Settings, seed = 1): Cell => ({
  ...{ id: 'cell', arm: 'arm', seed, settings, engine: { name: 'wasm', xla: 'off' } },
});

/** Text that says one of twenty words fifty times, then another: what a masked word was, its neighbours tell. */
function repetitions(length: number): TokenShard {
  const tokens = Int32Array.from({ length }, (_, index) => 5 + ((7 * Math.floor(index / 50)) % 20));
  return {
    length,
    read: (start, count) => {
      if (start < 0 || start + count > length) throw new RangeError(`${start}..${start + count} of ${length}`);
      return tokens.slice(start, start + count);
    },
  };
}

export const repetitiveCorpus: PreparedCorpus = {
  digest: 'repetitions',
  vocab: VOCAB,
  special: SHIPPED_IDS,
  train: repetitions(20_000),
  validation: repetitions(1000),
};

/** Documents of six sentences of eight tokens that say one of twenty words: what follows, the word tells. */
function documents(count: number): SentenceShard {
  const [sentences, length] = [6, 8];
  const size = sentences * length + 1;
  const tokens = Int32Array.from({ length: count * size }, (_, index) =>
    index % size === size - 1 ? SEP : 5 + ((7 * Math.floor(index / size)) % 20),
  );
  const read: SentenceShard['read'] = (start, wanted) => {
    if (start < 0 || start + wanted > tokens.length) throw new RangeError(`${start}..${start + wanted}`);
    return tokens.slice(start, start + wanted);
  };
  const sentenceAt = (index: number) => {
    const own = index % sentences;
    return { start: Math.floor(index / sentences) * size + own * length, opens: own === 0 };
  };
  const index: SentenceShard['sentences'] = {
    count: count * sentences,
    read: (first, wanted) => Array.from({ length: wanted }, (_, offset) => sentenceAt(first + offset)),
  };
  return { length: tokens.length, read, sentences: index };
}

export const pairedCorpus: PreparedCorpus = {
  digest: 'documents',
  vocab: VOCAB,
  special: SHIPPED_IDS,
  train: documents(400),
  validation: documents(60),
};

/** `settings` with next-sentence prediction. */
export const withPairs = (settings: Settings): Settings => ({ ...settings, data: { ...settings.data, pairs: 'nsp' } });
