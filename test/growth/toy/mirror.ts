import { copyLayers, fewerLayers } from '../../../src/growth/depth.ts';
import { NEVER, type GrowthOperator } from '../../../src/growth/operator.ts';

/** Above the trained layers stands their mirror image: of layers a and b, growth makes a, b, b, a. */
export const mirror: GrowthOperator = {
  ...fewerLayers,
  name: 'mirror',
  summary: 'put the mirror image of the trained layers above them',
  source: 'an example of an operator',
  version: 1,
  preservation: NEVER,

  grow(from, to) {
    const cycle = 2 * from.layers;
    return copyLayers(from, to, (layer) => Math.min(layer % cycle, cycle - 1 - (layer % cycle)));
  },
};
