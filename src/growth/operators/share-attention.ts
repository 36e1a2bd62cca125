import { copyLayers } from '../depth.ts';
import { scoreLayer, type ModelShape } from '../layout.ts';
import { NEVER, type GrowthOperator } from '../operator.ts';

/**
 * Neighbouring layers attend by one set of scores, that of the lowest among them. A layer that gets its own back
 * starts with the query and key projections of the layer whose scores it used, now of its own input.
 */
export const shareAttention: GrowthOperator = {
  name: 'share-attention',
  dimension: 'attention',
  summary: 'copy queries and keys to the layers that used the scores of a layer below',
  source: 'Gu et al. 2021, light attention, as in the released code',
  version: 1,
  preservation: NEVER,
  settings: {
    layers: {
      type: 'integer',
      minimum: 2,
      description: 'neighbouring layers that use the attention scores of the lowest',
    },
  },
  example: { layers: 2 },

  refuse: (target, { layers = 0 }) =>
    layers <= target.layers ? null : `layers must be at most the model's ${target.layers}, got ${layers}`,

  shrink: (target, { layers = 1 }) => ({ ...target, scoreGroup: layers }),

  sizes(target) {
    const groups = Array.from({ length: target.layers }, (_, index) => index + 1);
    return groups.filter((group) => group > 1 && scoring(target, group) < scoring(target, group - 1));
  },

  grow: (from, to) => copyLayers(from, to, (layer) => layer),
};

/** Layers with scores of their own. */
const scoring = ({ layers }: ModelShape, scoreGroup: number): number =>
  new Set(Array.from({ length: layers }, (_, layer) => scoreLayer({ scoreGroup }, layer))).size;
