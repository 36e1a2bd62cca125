import { ALWAYS, type GrowthOperator } from '../operator.ts';
import { rampOf, RAMP_SETTING } from '../ramp-settings.ts';
import { random } from './random.ts';

/**
 * New layers on top, drawn afresh. Each gives a mixture of its input and its output, by a mask that rises from 0 (its
 * input) to 1 (its output).
 */
export const msgDepth: GrowthOperator = {
  ...random,
  name: 'msg-depth',
  summary: 'put fresh layers on top, which a mask lets in smoothly',
  source: 'Yao et al. 2024, "Masked Structural Growth for 2x Faster Language Model Pre-training"',
  version: 1,
  preservation: ALWAYS,
  settings: { ...random.settings, ...RAMP_SETTING },
  example: { ...random.example, ramp: 4 },
  ramp: rampOf,
};
