import { FIT_SETTINGS, fitOf } from '../fit-settings.ts';
import type { Axis, ModelShape, Parameter } from '../layout.ts';
import type { GrowthOperator } from '../operator.ts';
import { copy, map, recipeFor, scaleAxis, take, type Expression, type LearnedMatrix } from '../recipe.ts';

/**
 * Hidden units, heads and FFN units are learned sums of the small model's. One matrix serves every layer and every
 * weight that meets the same units (Wang et al. 2023, section 3.3): one for the residual stream, one each for queries,
 * keys and values, one for the FFN. They start as copying: grown unit u is small unit u mod n. Where the copies of a
 * unit are added up, the weights are divided by their number throughout.
 */
export const ligoWidth: GrowthOperator = {
  name: 'ligo-width',
  dimension: 'width',
  summary: 'make hidden units, heads and FFN units learned sums of the small ones, starting from copies',
  source: 'Wang et al. 2023, "Learning to Grow Pretrained Models for Efficient Transformer Training", R_width',
  version: 1,
  preservation: {
    claim: 'to whole multiples, until fitted',
    // Copies in unequal numbers change the mean and variance that norms divide by.
    holds: (from, to) => to.hidden % from.hidden === 0,
  },
  settings: {
    hidden: {
      type: 'integer',
      minimum: 1,
      description: 'hidden units of the small model; its heads and FFN units are in proportion',
    },
    ...FIT_SETTINGS,
  },
  example: { hidden: 4, steps: 3, rate: 0.01 },

  refuse(target, { hidden = 0 }) {
    const head = target.hidden / target.heads;
    if (hidden >= target.hidden) return `hidden must be below the target's ${target.hidden}, got ${hidden}`;
    if (hidden % head !== 0) return `hidden must be a multiple of the target's head size of ${head}, got ${hidden}`;
    if (Number.isInteger((target.ffn * hidden) / target.hidden)) return null;
    return `hidden must divide the target's ${target.ffn} FFN units in proportion, got ${hidden} of ${target.hidden}`;
  },

  shrink: (target, { hidden = target.hidden }) => ({
    ...target,
    hidden,
    heads: (target.heads * hidden) / target.hidden,
    ffn: (target.ffn * hidden) / target.hidden,
  }),

  sizes(target) {
    const head = target.hidden / target.heads;
    const sizes = Array.from({ length: target.heads - 1 }, (_, index) => (target.heads - 1 - index) * head);
    return sizes.filter((hidden) => Number.isInteger((target.ffn * hidden) / target.hidden));
  },

  fit: fitOf,

  grow: (from, to) =>
    recipeFor(to, (parameter) =>
      parameter.axes.reduce<Expression>((grown, _, axis) => {
        const units = unitsAlong(parameter, axis, from, to);
        if (units === null) return grown;
        const { matrix, fixed, added } = units;
        const mapped = matrix === null ? take(grown, axis, fixed) : map(grown, axis, { ...matrix, index: fixed });
        return added ? scaleAxis(mapped, axis, shares(fixed)) : mapped;
      }, copy(parameter.name)),
    ),
};

/** Where the units along an axis come from. */
interface Units {
  /** Null where they are copied and nothing is learned. */
  readonly matrix: Omit<LearnedMatrix, 'index'> | null;
  readonly fixed: readonly number[];
  /** Whether what these units hold is added up later, so that copies have to share it. */
  readonly added: boolean;
}

function unitsAlong(
  { name, leaf, kind, axes }: Parameter,
  axis: number,
  from: ModelShape,
  to: ModelShape,
): Units | null {
  // Kernels add up what their inputs hold. The tied token table does so too, of what the head's norm gives.
  const added = (kind === 'kernel' && axis === 0) || name.startsWith('masked_lm/norm/');
  const named: Axis | undefined = axes[axis];
  switch (named) {
    case 'hidden': {
      const matrix = { name: `width/${streamOf(leaf, axis)}`, rows: from.hidden };
      return { matrix, fixed: tiled(to.hidden, from.hidden), added };
    }
    case 'ffn':
      return { matrix: { name: 'width/ffn', rows: from.ffn }, fixed: tiled(to.ffn, from.ffn), added };
    case 'window': {
      const cells = Array.from({ length: to.pool?.window ?? 0 }, (_, cell) => cell * from.hidden);
      const fixed = cells.flatMap((start) => tiled(to.hidden, from.hidden).map((unit) => start + unit));
      return { matrix: null, fixed, added };
    }
    case 'vocab':
    case 'position':
    case 'segment':
    case 'rank':
    case undefined:
      return null;
  }
}

/** Units of the residual stream, or of the queries, keys or values that an attention layer makes of it. */
function streamOf(leaf: string, axis: number): 'hidden' | 'query' | 'key' | 'value' {
  const [module, part] = leaf.split('/');
  const made = axis === 1 || part === 'bias';
  if (module === 'attention_output') return axis === 0 && part === 'kernel' ? 'value' : 'hidden';
  return made && (module === 'query' || module === 'key' || module === 'value') ? module : 'hidden';
}

const tiled = (grown: number, small: number): number[] => Array.from({ length: grown }, (_, unit) => unit % small);

/** For every unit, one over the number of units with the same origin. */
function shares(origins: readonly number[]): number[] {
  return origins.map((origin) => 1 / origins.filter((other) => other === origin).length);
}
