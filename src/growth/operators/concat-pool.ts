import { NEVER, type GrowthOperator } from '../operator.ts';
import { pooling } from '../pooling.ts';
import { copy, recipeFor, take } from '../recipe.ts';

/**
 * Neighbouring token embeddings are joined side by side and projected to one by a trained matrix, which growth drops.
 * Towards a shorter window each token is projected by the matrix of the place in the longer one that it lies at.
 */
export const concatPool: GrowthOperator = {
  ...pooling('concat'),
  name: 'concat-pool',
  summary: 'join neighbouring token embeddings and project them to one; masked tokens stay whole',
  source: 'Gu et al. 2021, embedding pooling, as in the released code',
  version: 1,
  preservation: NEVER,

  grow: (from, to) =>
    recipeFor(to, ({ name, axes }) => {
      if (!axes.includes('window')) return copy(name);
      const [long, short] = [from.pool?.window ?? 1, to.pool?.window ?? 1];
      const rows = Array.from({ length: short * to.hidden }, (_, row) => {
        const place = Math.floor(row / to.hidden);
        return Math.floor((place * long) / short) * to.hidden + (row % to.hidden);
      });
      return take(copy(name), axes.indexOf('window'), rows);
    }),
};
