import { copyUnits, NOISE } from '../ffn-copies.ts';
import { ALWAYS, type GrowthOperator } from '../operator.ts';

/**
 * The small FFN is the target's with its units in `factor` tied groups. Growth unties them: unit u becomes a copy of
 * small unit u mod F, and each copy's outgoing weights are divided by the number of copies, so that their sum is what
 * it was. Without `noise` this is the paper's operator.
 */
export const ffnShare: GrowthOperator = {
  name: 'ffn-share',
  dimension: 'width',
  summary: 'tile the FFN units, dividing their outgoing weights by the number of copies',
  source: 'Gu et al. 2021, FFN parameter sharing, as in the released code',
  version: 1,
  preservation: ALWAYS,
  settings: {
    factor: { type: 'integer', minimum: 2, description: 'FFN units of the target per unit of the small model' },
    noise: NOISE,
  },
  example: { factor: 4, noise: 0 },

  refuse: (target, { factor = 0 }) =>
    target.ffn % factor === 0 ? null : `factor must divide the target's ${target.ffn} FFN units, got ${factor}`,

  shrink: (target, { factor = 1 }) => ({ ...target, ffn: target.ffn / factor }),

  sizes: (target) =>
    Array.from({ length: target.ffn - 1 }, (_, index) => index + 2).filter((factor) => target.ffn % factor === 0),

  grow(from, to, { noise = 0 }) {
    const tiled = Array.from({ length: to.ffn }, (_, unit) => unit % from.ffn);
    return copyUnits(to, () => tiled, noise);
  },
};
