import { dims, parameterName, type ModelShape, type Parameter } from '../layout.ts';
import { ALWAYS, type GrowthOperator } from '../operator.ts';
import { concat, copy, fill, init, matmul, recipeFor, type Expression } from '../recipe.ts';

/**
 * Each kernel of the small FFN is the product of two thin matrices; growth multiplies them out. Towards a larger rank
 * the left factor gains drawn columns, the right one rows of 0, so that their product stays what it was.
 */
export const ffnFactorize: GrowthOperator = {
  name: 'ffn-factorize',
  dimension: 'width',
  summary: 'multiply out the two factors of each FFN kernel',
  source: 'Gu et al. 2021, FFN matrix factorization (compared with sharing)',
  version: 1,
  preservation: ALWAYS,
  settings: {
    rank: {
      type: 'integer',
      minimum: 1,
      description:
        'inner columns of the factors; with d hidden and f FFN units, d·f / (k·(d + f)) cost what 1/k of the units do',
    },
  },
  example: { rank: 2 },

  refuse(target, { rank = 0 }) {
    const most = largestRank(target);
    return rank <= most
      ? null
      : `rank must be at most ${most}, above which factors cost what the kernel does, got ${rank}`;
  },

  shrink: (target, { rank = 1 }) => ({ ...target, ffnRank: rank }),

  sizes: (target) => Array.from({ length: largestRank(target) }, (_, index) => largestRank(target) - index),

  grow: (from, to) =>
    recipeFor(to, (parameter) => (to.ffnRank === null ? multiplied(parameter) : widened(parameter, from, to))),
};

/** The largest rank at which a token costs less through both factors, 2·r·(d + f), than through the kernel, 2·d·f. */
const largestRank = ({ hidden, ffn }: ModelShape): number => Math.ceil((hidden * ffn) / (hidden + ffn)) - 1;

function multiplied({ name, layer, leaf }: Parameter): Expression {
  const [projection = '', part] = leaf.split('/');
  if (part !== 'kernel' || !projection.startsWith('ffn_')) return copy(name);
  const factor = (side: string) => copy(parameterName(layer, `${projection}/${side}`));
  return matmul(factor('left'), factor('right'));
}

function widened(parameter: Parameter, from: ModelShape, to: ModelShape): Expression {
  const { name, kind, axes } = parameter;
  const axis = axes.indexOf('rank');
  if (axis === -1) return copy(name);
  const size = dims(parameter, to).with(axis, dims(parameter, to)[axis]! - dims(parameter, from)[axis]!);
  return concat(axis, [copy(name), axis === 0 ? fill(0, size) : init(kind, size)]);
}
