import { dims } from '../layout.ts';
import { ALWAYS, type GrowthOperator } from '../operator.ts';
import { RAMP_SETTING, rampOf } from '../ramp-settings.ts';
import { copy, init, recipeFor } from '../recipe.ts';

/**
 * New layers on top, drawn afresh. Each gives a mixture of its output and its input, by a mask that rises from 0 (its
 * input) to 1 (its output).
 */
export const msgDepth: GrowthOperator = {
  name: 'msg-depth',
  dimension: 'depth',
  summary: 'add fresh layers on top, which a mask lets in smoothly',
  source: 'Yao et al. 2024, "Masked Structural Growth for 2x Faster Language Model Pre-training"',
  version: 1,
  preservation: ALWAYS,
  settings: {
    layers: { type: 'integer', minimum: 1, description: 'layers of the small model' },
    ...RAMP_SETTING,
  },
  example: { layers: 2, ramp: 4 },

  refuse: (target, { layers = 0 }) =>
    layers < target.layers ? null : `layers must be below the target's ${target.layers}, got ${layers}`,

  shrink: (target, { layers = target.layers }) => ({ ...target, layers }),

  sizes: (target) => Array.from({ length: target.layers - 1 }, (_, index) => target.layers - 1 - index),

  ramp: rampOf,

  grow: (from, to) =>
    recipeFor(to, (parameter) => {
      const isNew = parameter.layer !== null && parameter.layer >= from.layers;
      return isNew ? init(parameter.kind, dims(parameter, to)) : copy(parameter.name);
    }),
};
