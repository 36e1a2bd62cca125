import { hiddenSizes, HIDDEN_SETTINGS, holdsEvenly, noiseSetting, refuseHidden, shrinkHidden } from '../hidden.ts';
import type { ModelShape, Parameter } from '../layout.ts';
import type { GrowthOperator, OperatorSettings } from '../operator.ts';
import { concat, copy, fill, init, mean, noise, recipeFor, scale, take, type Expression } from '../recipe.ts';
import { copyOutputs, inTurn, splitInputs, tokensOf, windowOrder } from '../units.ts';
import { copyUnits } from './width-copy.ts';

/**
 * Lossless expansion (Wang et al. 2024, LEMON). By whole multiples of hidden it is `width-copy` with the weights that
 * read copies split unevenly. By other ratios, in pre-norm, the stream is expanded by its average: what is left after
 * whole copies is filled with the mean of the units, so that layer normalisation, its gain corrected, gives the copies
 * their old values and the rest 0, whose readers may start as in a new model.
 *
 * That is exact for every layer and for the final norm. Two norms of this model do not let it be exact: the one after
 * the embeddings (unless its gain is the same for all units) and the one after the masked-LM head's GELU, which here is
 * expanded as by `width-copy`. The paper's models have neither.
 */
export const widthLemon: GrowthOperator = {
  name: 'width-lemon',
  dimension: 'width',
  summary: 'copy hidden units, heads and FFN units, split unevenly; fill up with their average (pre-norm)',
  source: 'Wang et al. 2024, "LEMON: Lossless Model Expansion" and released code',
  version: 1,
  preservation: { claim: 'by whole multiples', holds: holdsEvenly },
  // The released code splits by numbers of a new model, which are about as large as those they split.
  settings: { ...HIDDEN_SETTINGS, noise: noiseSetting(1) },
  example: { hidden: 4, ffn: 6, noise: 0 },

  refuse(target, settings) {
    const why = refuseHidden(target, settings);
    if (why !== null || target.norm === 'pre' || holdsEvenly(shrinkHidden(target, settings), target)) return why;
    return `hidden must divide the target's ${target.hidden} in post-norm, got ${settings.hidden}`;
  },

  shrink: shrinkHidden,

  sizes(target) {
    const fits = (hidden: number) => target.norm === 'pre' || target.hidden % hidden === 0;
    return hiddenSizes(target).filter(fits);
  },

  grow(from, to, { noise: deviation = 0 }: OperatorSettings) {
    if (holdsEvenly(from, to)) return recipeFor(to, (parameter) => copyUnits(parameter, from, to, deviation));
    if (to.norm === 'post')
      throw new Error(`width-lemon cannot make ${to.hidden} hidden units of ${from.hidden} in post-norm`);
    return recipeFor(to, (parameter) => fillUp(parameter, from, to, deviation));
  },
};

/** The units of a stream that grows by no whole multiple: whole copies of all, then a rest. */
interface Expansion {
  readonly copies: readonly number[];
  readonly times: number;
  readonly rest: number;
}

function expansion(from: ModelShape, to: ModelShape): Expansion {
  const times = Math.floor(to.hidden / from.hidden);
  const rest = to.hidden % from.hidden;
  return { copies: inTurn(from.hidden, to.hidden - rest), times, rest };
}

function fillUp(parameter: Parameter, from: ModelShape, to: ModelShape, deviation: number): Expression {
  const { name, leaf, kind } = parameter;
  const { copies, times, rest } = expansion(from, to);
  const withZeros = (factor: number) => concat(0, [scale(take(copy(name), 0, copies), factor), fill(0, [rest])]);
  if (leaf.startsWith('masked_lm/norm/')) return withZeros(1 / times);
  // The rest adds to the number of units but not to the variance.
  if (kind === 'gain') return withZeros(Math.sqrt((times * from.hidden) / to.hidden));
  if (/^(attention|ffn|final)_norm\/bias$/.test(leaf)) return withZeros(1);
  return fillInputs(fillOutputs(parameter, from, to), parameter, from, to, deviation);
}

/** Units of heads, FFN, masked-LM head and pooler have no norm to meet that averages help with. */
function fillOutputs(parameter: Parameter, from: ModelShape, to: ModelShape): Expression {
  const { name, leaf, axes } = parameter;
  const axis = axes.length - 1;
  const inside = /^(query|key|value|masked_lm\/transform|pooler)\//.test(leaf);
  if (inside || axes[axis] !== 'hidden') return copyOutputs(copy(name), parameter, from, to);
  const { copies, rest } = expansion(from, to);
  const average = take(
    mean(copy(name), axis),
    axis,
    Array.from({ length: rest }, () => 0),
  );
  return concat(axis, [take(copy(name), axis, copies), average]);
}

/** Kernels whose input are units of heads or of the pooler. */
const READS_INSIDE: readonly string[] = ['attention_output/kernel', 'next_sentence/kernel'];

function fillInputs(
  of: Expression,
  parameter: Parameter,
  from: ModelShape,
  to: ModelShape,
  deviation: number,
): Expression {
  const { leaf, kind, axes } = parameter;
  if (kind !== 'kernel' || axes[0] === 'ffn' || READS_INSIDE.includes(leaf)) {
    return splitInputs(of, parameter, from, to, deviation);
  }
  const { copies, times, rest } = expansion(from, to);
  const outputs = axes[1] === 'ffn' ? to.ffn : to.hidden;
  const split = (rows: readonly number[]) => noise(scale(take(of, 0, rows), 1 / times), 0, rows, deviation);
  if (axes[0] === 'hidden') return concat(0, [split(copies), init('kernel', [rest, outputs])]);
  // What a window holds is not normalised again: the rest of a token is not 0, so nobody may read it.
  const tokens = tokensOf(to);
  const rows = tokens.flatMap((token) => copies.map((unit) => token * from.hidden + unit));
  const filled = concat(0, [split(rows), fill(0, [tokens.length * rest, outputs])]);
  return take(filled, 0, windowOrder(tokens, copies.length, rest));
}
