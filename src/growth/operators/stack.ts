import { copyLayers, fewerLayers } from '../depth.ts';
import { NEVER, type GrowthOperator } from '../operator.ts';

/** Grown layer i is the trained layer i mod L; every weight is copied, norms included. */
export const stack: GrowthOperator = {
  ...fewerLayers,
  name: 'stack',
  summary: 'repeat the trained layers end to end',
  source: 'Gong et al. 2019, "Efficient Training of BERT by Progressively Stacking"; Gu et al. 2021',
  version: 1,
  preservation: NEVER,

  grow: (from, to) => copyLayers(from, to, (layer) => layer % from.layers),
};
