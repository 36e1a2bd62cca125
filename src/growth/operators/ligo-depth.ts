import { copyLayer, fewerLayers } from '../depth.ts';
import { NEVER, type GrowthOperator } from '../operator.ts';
import { copy, mix, recipeFor } from '../recipe.ts';
import { fitSettings, fitSteps } from '../fit-settings.ts';

/** A few weights, each of a whole layer. The best of 1e-3 to 3e-2 on 4 layers of 128 units was the largest, this near it. */
const RATE = 1e-2;

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
  settings: { ...fewerLayers.settings, ...fitSettings(RATE) },
  example: { ...fewerLayers.example, steps: 3, rate: 0.01 },
  fit: fitSteps,

  grow(from, to, { rate = RATE }) {
    const index = Array.from({ length: to.layers }, (_, layer) => layer % from.layers);
    return recipeFor(to, ({ name, layer, leaf }) => {
      if (layer === null) return copy(name);
      const matrix = { name: `depth/${leaf.split('/')[0]}`, rows: from.layers, index, rate };
      const parts = Array.from({ length: from.layers }, (_, source) => copyLayer(from, source, leaf));
      return mix(parts, matrix, layer);
    });
  },
};
