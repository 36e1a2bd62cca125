import { addLayers, fewerLayers, fresh } from '../depth.ts';
import { NEVER, type GrowthOperator } from '../operator.ts';

/** The control for depth: nothing is copied into the new layers. */
export const random: GrowthOperator = {
  ...fewerLayers,
  name: 'random',
  summary: 'put freshly drawn layers on top: the control',
  source: 'control: no trained weights in the new layers',
  version: 1,
  preservation: NEVER,

  grow: (from, to) => addLayers(from, to, fresh),
};
