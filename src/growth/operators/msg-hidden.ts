import { ALWAYS, type GrowthOperator } from '../operator.ts';
import { rampOf, RAMP_SETTING } from '../ramp-settings.ts';
import { widthRandom } from './width-random.ts';

/**
 * New hidden units, heads and FFN units, drawn afresh. A mask that rises from 0 to 1 multiplies every new unit of the
 * residual stream, the heads and the FFN, and norms take their mean and variance with the mask as weights.
 */
export const msgHidden: GrowthOperator = {
  ...widthRandom,
  name: 'msg-hidden',
  summary: 'add fresh hidden units, heads and FFN units, which a mask lets in smoothly',
  source: 'Yao et al. 2024, "Masked Structural Growth for 2x Faster Language Model Pre-training"',
  version: 1,
  preservation: ALWAYS,
  settings: { ...widthRandom.settings, ...RAMP_SETTING },
  example: { ...widthRandom.example, ramp: 4 },
  ramp: rampOf,
};
