import { extended } from '../extended.ts';
import { ALWAYS, type GrowthOperator } from '../operator.ts';
import { RAMP_SETTING, rampOf } from '../ramp-settings.ts';
import { recipeFor } from '../recipe.ts';

/** New FFN units, drawn afresh, whose activations are multiplied by a mask that rises from 0 to 1. */
export const msgFfn: GrowthOperator = {
  name: 'msg-ffn',
  dimension: 'width',
  summary: 'add fresh FFN units, which a mask lets in smoothly',
  source: 'Yao et al. 2024, "Masked Structural Growth for 2x Faster Language Model Pre-training"',
  version: 1,
  preservation: ALWAYS,
  settings: {
    ffn: { type: 'integer', minimum: 1, description: 'FFN units of the small model' },
    ...RAMP_SETTING,
  },
  example: { ffn: 6, ramp: 4 },

  refuse: (target, { ffn = 0 }) =>
    ffn < target.ffn ? null : `ffn must be below the target's ${target.ffn} FFN units, got ${ffn}`,

  shrink: (target, { ffn = target.ffn }) => ({ ...target, ffn }),

  sizes: (target) => Array.from({ length: target.ffn - 1 }, (_, index) => target.ffn - 1 - index),

  ramp: rampOf,

  grow: (from, to) => recipeFor(to, (parameter) => extended(parameter, from, to)),
};
