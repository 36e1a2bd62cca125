import { copyLayer, fewerLayers } from '../depth.ts';
import { NEVER, type GrowthOperator } from '../operator.ts';
import { copy, mix, recipeFor } from '../recipe.ts';
import { FIT_SETTINGS, fitOf } from '../fit-settings.ts';

/**
 * Grown layer i is a weighted sum of the trained layers, with learned weights of its own for every module (query, FFN
 * input, ...). The weights start as those of stacking: 1 for layer i mod L, 0 for the others.
 */
export const ligoDepth: GrowthOperator = {
  ...fewerLayers,
  name: 'ligo-depth',
  summary: 'make each layer a learned sum of the trained layers, starting from stacking',
  source: 'Wang et al. 2023, "Learning to Grow Pretrained Models for Efficient Transformer Training" (LiGO), depth',
  version: 1,
  preservation: NEVER,
  settings: { ...fewerLayers.settings, ...FIT_SETTINGS },
  example: { ...fewerLayers.example, steps: 3, rate: 0.01 },
  fit: fitOf,

  grow(from, to) {
    const index = Array.from({ length: to.layers }, (_, layer) => layer % from.layers);
    return recipeFor(to, ({ name, layer, leaf }) => {
      if (layer === null) return copy(name);
      const matrix = { name: `depth/${leaf.split('/')[0]}`, rows: from.layers, index };
      const parts = Array.from({ length: from.layers }, (_, source) => copyLayer(from, source, leaf));
      return mix(parts, matrix, layer);
    });
  },
};
