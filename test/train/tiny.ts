import type { Cell, Settings } from '../../src/run/spec.ts';
import type { PreparedCorpus, TokenShard } from '../../src/text/corpus.ts';
import { SHIPPED_IDS } from '../../src/text/vocabulary.ts';

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
