import { copyLayers, fewerLayers } from '../depth.ts';
import { NEVER, type GrowthOperator } from '../operator.ts';

/**
 * Grown layer i is the trained layer floor(i·L/L'), L trained ones making L': copies of a layer are neighbours. Where L
 * does not divide L', some layers are repeated once more than others.
 */
export const interleave: GrowthOperator = {
  ...fewerLayers,
  name: 'interleave',
  summary: 'repeat each trained layer in place',
  source: 'Chang et al. 2018, "Multi-level Residual Networks"; interpolation in Wang et al. 2023 (LiGO)',
  version: 1,
  preservation: NEVER,

  grow: (from, to) => copyLayers(from, to, (layer) => Math.floor((layer * from.layers) / to.layers)),
};
