import { layout, parameterName, type ModelShape } from '../layout.ts';
import { NEVER, type GrowthOperator } from '../operator.ts';
import { copy, mix, recipeFor } from '../recipe.ts';
import { FIT_SETTINGS, fitOf } from '../fit-settings.ts';

/**
 * Grown layer i is a weighted sum of the trained layers, with learned weights of its own for every module (query, FFN
 * input, ...). The weights start as those of stacking: 1 for layer i mod L, 0 for the others.
 */
export const ligoDepth: GrowthOperator = {
  name: 'ligo-depth',
  dimension: 'depth',
  summary: 'make each layer a learned sum of the trained layers, starting from stacking',
  source: 'Wang et al. 2023, "Learning to Grow Pretrained Models for Efficient Transformer Training", L_depth',
  version: 1,
  preservation: NEVER,
  settings: {
    layers: { type: 'integer', minimum: 1, description: 'layers of the small model' },
    ...FIT_SETTINGS,
  },
  example: { layers: 2, steps: 3, rate: 0.01 },

  refuse: (target, { layers = 0 }) =>
    layers < target.layers ? null : `layers must be below the target's ${target.layers}, got ${layers}`,

  shrink: (target, { layers = target.layers }) => ({ ...target, layers }),

  sizes: (target) => Array.from({ length: target.layers - 1 }, (_, index) => target.layers - 1 - index),

  fit: fitOf,

  grow: (from, to) =>
    recipeFor(to, ({ name, layer, leaf }) => {
      if (layer === null) return copy(name);
      const [sources, grown] = [layersWith(from, leaf), layersWith(to, leaf)];
      const index = grown.map((one) => sources.indexOf(one % from.layers));
      const matrix = { name: `depth/${leaf.split('/')[0]}`, rows: sources.length, index };
      const parts = sources.map((source) => copy(parameterName(source, leaf)));
      return mix(parts, matrix, grown.indexOf(layer));
    }),
};

/** Not every layer has every parameter: those that use another's attention scores lack queries and keys. */
const layersWith = (shape: ModelShape, leaf: string): number[] =>
  layout(shape).flatMap((parameter) => (parameter.leaf === leaf && parameter.layer !== null ? [parameter.layer] : []));
