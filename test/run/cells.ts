import { TARGET_ONLY } from '../../src/growth/schedule.ts';
import { planSweep, type Plan } from '../../src/run/plan.ts';
import type { Settings } from '../../src/run/spec.ts';

/** Settings of a model that trains in no time. */
export const tinySettings: Settings = {
  model: {
    layers: 2,
    hidden: 8,
    heads: 2,
    ffn: 16,
    positions: 16,
    norm: 'post',
    init: { std: 0.02, positions: 'random' },
    dropout: 0,
  },
  data: { corpus: ['wordnet'], vocab: 500, length: 16, mask: 0.25 },
  train: { steps: 10, batch: 2, rate: 1e-3, warmup: 1, decay: 0.01, clip: 1, evaluate: 5 },
  growth: { optimizer: 'reset', rate: 'restart' },
  finetune: { tasks: [], examples: 10, epochs: 1, batch: 2, rate: 1e-3, length: 16, warmup: 0.1 },
  schedule: TARGET_ONLY,
};

/** A plan with one cell an arm and seed; the arms differ in their rate, so that no two cells are the same. */
export function planOf(arms: readonly string[], seeds: readonly number[] = [0]): Plan {
  return planSweep({
    name: 'test',
    question: '',
    seeds,
    vary: ['train.rate'],
    engine: 'wasm',
    contents: {},
    arms: arms.map((name, index) => ({
      name,
      point: {},
      group: index === 0 ? 'baseline' : 'other',
      settings: { ...tinySettings, train: { ...tinySettings.train, rate: 1e-3 * (index + 1) } },
    })),
  });
}
