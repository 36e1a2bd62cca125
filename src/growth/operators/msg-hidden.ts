import { extended } from '../extended.ts';
import { ALWAYS, type GrowthOperator } from '../operator.ts';
import { RAMP_SETTING, rampOf } from '../ramp-settings.ts';
import { recipeFor } from '../recipe.ts';

/**
 * New hidden units and heads, drawn afresh. A mask that rises from 0 to 1 multiplies every new unit of the residual
 * stream and of the heads, and norms take their mean and variance with the mask as weights.
 */
export const msgHidden: GrowthOperator = {
  name: 'msg-hidden',
  dimension: 'width',
  summary: 'add fresh hidden units and heads, which a mask lets in smoothly',
  source: 'Yao et al. 2024, "Masked Structural Growth for 2x Faster Language Model Pre-training"',
  version: 1,
  preservation: ALWAYS,
  settings: {
    hidden: { type: 'integer', minimum: 1, description: 'hidden units of the small model; its heads in proportion' },
    ...RAMP_SETTING,
  },
  example: { hidden: 4, ramp: 4 },

  refuse(target, { hidden = 0 }) {
    const head = target.hidden / target.heads;
    if (hidden >= target.hidden) return `hidden must be below the target's ${target.hidden}, got ${hidden}`;
    if (hidden % head === 0) return null;
    return `hidden must be a multiple of the target's head size of ${head}, got ${hidden}`;
  },

  shrink: (target, { hidden = target.hidden }) => ({
    ...target,
    hidden,
    heads: (target.heads * hidden) / target.hidden,
  }),

  sizes(target) {
    const head = target.hidden / target.heads;
    return Array.from({ length: target.heads - 1 }, (_, index) => (target.heads - 1 - index) * head);
  },

  ramp: rampOf,

  grow: (from, to) => recipeFor(to, (parameter) => extended(parameter, from, to)),
};
