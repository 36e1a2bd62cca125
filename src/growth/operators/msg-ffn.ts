import { ALWAYS, type GrowthOperator } from '../operator.ts';
import { rampOf, RAMP_SETTING } from '../ramp-settings.ts';
import { ffnRandom } from './ffn-random.ts';

/** New FFN units, drawn afresh, whose activations are multiplied by a mask that rises from 0 to 1. */
export const msgFfn: GrowthOperator = {
  ...ffnRandom,
  name: 'msg-ffn',
  summary: 'add fresh FFN units, which a mask lets in smoothly',
  source: 'Yao et al. 2024, "Masked Structural Growth for 2x Faster Language Model Pre-training"',
  version: 1,
  preservation: ALWAYS,
  settings: { ...ffnRandom.settings, ...RAMP_SETTING },
  example: { ...ffnRandom.example, ramp: 4 },
  ramp: rampOf,
};
