import { ALWAYS, type GrowthOperator } from '../operator.ts';
import { identity } from '../recipe.ts';

/** [CLS], one token to read, one to guess and [SEP]. */
const SHORTEST = 4;

/** Training starts on short sequences; the embeddings of later positions stay untouched until growth. */
export const truncate: GrowthOperator = {
  name: 'truncate',
  dimension: 'length',
  summary: 'train on shorter sequences first',
  source: 'Devlin et al. 2019, section A.2 (length 128, then 512); compared in Gu et al. 2021',
  version: 1,
  // Of an input that the small model can read, the grown one computes the same.
  preservation: ALWAYS,
  settings: { length: { type: 'integer', minimum: SHORTEST, description: 'tokens of a short sequence' } },
  example: { length: 8 },

  refuse: (target, { length = 0 }) =>
    length < target.length ? null : `length must be below the target's ${target.length}, got ${length}`,

  shrink: (target, { length = target.length }) => ({ ...target, length }),

  sizes: (target) =>
    Array.from({ length: Math.max(0, target.length - SHORTEST) }, (_, index) => target.length - 1 - index),

  grow: (_, to) => identity(to),
};
