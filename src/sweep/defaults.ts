import { CORPORA } from '../run/corpora.ts';

/**
 * What a sweep need not say. BERT's own values where it has them (Devlin et al. 2019), so that a file lists what is
 * special about it. Sizes, steps, rates and tasks are the sweep's business and have none.
 */
export const DEFAULTS = {
  seeds: 3,
  vary: ['schedule'],
  engine: { name: 'auto', xla: 'auto' },
  /** FFN units per hidden unit. */
  ffnRatio: 4,
  model: { positions: 128, norm: 'post', init: { std: 0.02, positions: 'random' }, dropout: 0.1 },
  data: { corpus: CORPORA, vocab: 4000, mask: 0.15, pairs: 'none' },
  train: { batch: 32, warmup: '10%', decay: 0.01, clip: 1, precision: 'fp32' },
  /** Measurements of the validation loss in a run. */
  evaluations: 10,
  growth: { optimizer: 'reset', rate: 'restart' },
  /** Evaluations over which a stage's loss must have flattened. */
  until: { window: 2 },
  /** Of equal cost: a twentieth of the target's is less than what most comparisons differ by. */
  compare: { tolerance: '5%', split: 'even' },
  finetune: { tasks: [], examples: 'all', epochs: 3, batch: 32, rate: 3e-4, warmup: '10%' },
} as const;
