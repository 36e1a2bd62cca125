import { NEVER, type GrowthOperator } from '../operator.ts';
import { identity } from '../recipe.ts';

/**
 * Neighbouring token embeddings are averaged, so that the layers see a shorter sequence while every position is
 * trained. No parameter changes at growth; what the model computes does.
 */
export const meanPool: GrowthOperator = {
  name: 'mean-pool',
  dimension: 'length',
  summary: 'average neighbouring token embeddings; masked tokens and [CLS] stay whole',
  source: 'Gu et al. 2021, embedding pooling, as in the released code',
  version: 1,
  preservation: NEVER,
  settings: { window: { type: 'integer', minimum: 2, description: 'token embeddings averaged into one' } },
  example: { window: 2 },

  refuse: (target, { window = 0 }) =>
    window < target.length ? null : `window must be below the target's length of ${target.length}, got ${window}`,

  shrink: (target, { window = 1 }) => ({ ...target, pool: { how: 'mean', window } }),

  sizes: (target) => Array.from({ length: Math.max(0, target.length - 2) }, (_, index) => index + 2),

  grow: (_, to) => identity(to),
};
