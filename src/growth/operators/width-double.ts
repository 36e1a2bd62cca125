import { noiseSetting, shrinkHidden, HIDDEN_SETTINGS } from '../hidden.ts';
import type { ModelShape, Parameter } from '../layout.ts';
import { ALWAYS, type GrowthOperator } from '../operator.ts';
import { blockDiagonal, copy, noise, recipeFor, scale, take, type Expression } from '../recipe.ts';
import { copyOutputs, inTurn, meetsTable, origins, tokensOf } from '../units.ts';

/**
 * The model beside a copy of itself (Shen et al. 2022, section 3.1 and released code): every kernel W becomes
 * [[W, 0], [0, W]], biases, norms and tables stand twice, and the last norm's gain and bias are halved since its output
 * meets the token table twice. Doubling may be repeated.
 */
export const widthDouble: GrowthOperator = {
  name: 'width-double',
  dimension: 'width',
  summary: 'put the model beside a copy of itself: hidden units, heads and FFN units doubled',
  source: 'Shen et al. 2022, "Staged Training for Transformer Language Models"',
  version: 1,
  preservation: ALWAYS,
  settings: {
    hidden: {
      ...HIDDEN_SETTINGS.hidden,
      description: "hidden units of the small model: a half of the target's, or a quarter",
    },
    noise: noiseSetting(0),
  },
  example: { hidden: 4, noise: 0 },

  refuse(target, { hidden = 0 }) {
    const sizes = halvings(target);
    if (sizes.includes(hidden)) return null;
    if (sizes.length > 0) return `hidden must be ${sizes.join(' or ')}, got ${hidden}`;
    return `the target's ${target.heads} heads and ${target.ffn} FFN units do not halve`;
  },

  shrink: (target, { hidden = target.hidden }) => shrinkHidden(target, { hidden }),

  sizes: halvings,

  grow(from, to, { noise: deviation = 0 }) {
    const count = to.hidden / from.hidden;
    if (!Number.isInteger(count) || to.ffn !== count * from.ffn) {
      throw new Error(
        `width-double cannot make ${to.hidden} hidden and ${to.ffn} FFN units of ${from.hidden} and ${from.ffn}`,
      );
    }
    return recipeFor(to, (parameter) => {
      const { name, kind, axes } = parameter;
      if (kind === 'kernel') {
        const groups = origins(axes[0]!, from, to) ?? [];
        return noise(kernelBlocks(parameter, from, to, count), 0, groups, deviation);
      }
      const twice = copyOutputs(copy(name), parameter, from, to);
      return meetsTable(parameter) ? scale(twice, 1 / count) : twice;
    });
  },
};

/** Hidden sizes that doubling, once or more often, makes the target of. */
function halvings({ hidden, heads, ffn }: ModelShape): number[] {
  const sizes: number[] = [];
  for (let part = 2; heads % part === 0 && ffn % part === 0; part *= 2) sizes.push(hidden / part);
  return sizes;
}

function kernelBlocks({ name, axes }: Parameter, from: ModelShape, to: ModelShape, count: number): Expression {
  // What does not double is written by both copies together.
  if (axes[1] === 'continuation') return scale(take(copy(name), 0, inTurn(from.hidden, to.hidden)), 1 / count);
  const blocks = blockDiagonal(copy(name), count);
  if (axes[0] !== 'window') return blocks;
  // A window holds its tokens side by side, each with the units of all blocks.
  const tokens = tokensOf(from);
  const rows = tokens.flatMap((token) =>
    Array.from({ length: to.hidden }, (_, unit) => {
      const block = Math.floor(unit / from.hidden);
      return (block * tokens.length + token) * from.hidden + (unit % from.hidden);
    }),
  );
  return take(blocks, 0, rows);
}
