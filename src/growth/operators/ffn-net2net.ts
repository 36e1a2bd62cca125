import { copyUnits, NOISE, randomCopies } from '../ffn-copies.ts';
import { fewerUnits, UNITS } from '../ffn-units.ts';
import { ALWAYS, type GrowthOperator } from '../operator.ts';

/**
 * Any number of FFN units becomes any larger one: the first are the trained ones, each new one copies one of them
 * chosen at random, and copies share their unit's outgoing weights evenly.
 */
export const ffnNet2net: GrowthOperator = {
  ...fewerUnits,
  name: 'ffn-net2net',
  summary: 'add copies of FFN units chosen at random, sharing their outgoing weights',
  source: 'Chen et al. 2016, "Net2Net", section 2.3 (Net2WiderNet)',
  version: 1,
  preservation: ALWAYS,
  settings: {
    units: UNITS,
    noise: NOISE,
    seed: { type: 'integer', minimum: 0, default: 0, description: 'chooses the units; all seeds of a sweep share it' },
  },
  example: { units: 6, noise: 0, seed: 0 },

  grow: (from, to, { noise = 0, seed = 0 }) =>
    copyUnits(to, (layer) => randomCopies(from.ffn, to.ffn, seed, layer), noise),
};
