import { NEVER, type GrowthOperator } from '../operator.ts';
import { pooling } from '../pooling.ts';
import { identity } from '../recipe.ts';

/**
 * Neighbouring token embeddings are averaged, so that the layers see a shorter sequence while every position is
 * trained. No parameter changes at growth; what the model computes does.
 */
export const meanPool: GrowthOperator = {
  ...pooling('mean'),
  name: 'mean-pool',
  summary: 'average neighbouring token embeddings; masked tokens and [CLS] stay whole',
  source: 'Gu et al. 2021, embedding pooling, as in the released code',
  version: 1,
  preservation: NEVER,

  grow: (_, to) => identity(to),
};
