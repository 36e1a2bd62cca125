import { NEVER, type GrowthOperator } from '../operator.ts';
import { pooling } from '../pooling.ts';
import { identity } from '../recipe.ts';

/** As mean-pool, but of neighbouring token embeddings the largest number is taken in every column. */
export const maxPool: GrowthOperator = {
  ...pooling('max'),
  name: 'max-pool',
  summary: 'take the maximum of neighbouring token embeddings; masked tokens and [CLS] stay whole',
  source: 'Gu et al. 2021, embedding pooling, as in the released code',
  version: 1,
  preservation: NEVER,

  grow: (_, to) => identity(to),
};
