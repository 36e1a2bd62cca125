import { hiddenSizes, HIDDEN_SETTINGS, holdsEvenly, noiseSetting, refuseHidden, shrinkHidden } from '../hidden.ts';
import type { ModelShape, Parameter } from '../layout.ts';
import type { GrowthOperator } from '../operator.ts';
import { copy, recipeFor, scaleAxis, type Expression } from '../recipe.ts';
import { copyOutputs, meetsTable, origins, shares, splitInputs } from '../units.ts';

/**
 * Function-preserving initialization (Chen et al. 2022, equations 4 to 8): grown hidden unit, head and FFN unit u is a
 * copy of small unit u mod size, and whoever reads copies divides its weights among them. One map of hidden units
 * serves the embeddings, the residual stream and the masked-LM head.
 *
 * Where some units have more copies than others, layer normalisation sees other means and variances, and the function
 * is nearly kept. The paper draws the copied units by chance; here they are taken in turn. It does not say how the tied
 * token table is met: here the last norm's gain and bias are divided among the copies.
 */
export const widthCopy: GrowthOperator = {
  name: 'width-copy',
  dimension: 'width',
  summary: 'copy hidden units, heads and FFN units, dividing the weights that read copies',
  source: 'Chen et al. 2022, "bert2BERT", function-preserving initialization (FPI)',
  version: 1,
  preservation: { claim: 'by whole multiples of hidden', holds: holdsEvenly },
  settings: { ...HIDDEN_SETTINGS, noise: noiseSetting(0) },
  example: { hidden: 4, ffn: 6, noise: 0 },
  refuse: refuseHidden,
  shrink: shrinkHidden,
  sizes: hiddenSizes,

  grow: (from, to, { noise = 0 }) => recipeFor(to, (parameter) => copyUnits(parameter, from, to, noise)),
};

/** A grown parameter by the rule of `width-copy`. */
export function copyUnits(parameter: Parameter, from: ModelShape, to: ModelShape, deviation: number): Expression {
  const wide = copyOutputs(copy(parameter.name), parameter, from, to);
  const units = meetsTable(parameter) ? origins('hidden', from, to) : null;
  return units === null ? splitInputs(wide, parameter, from, to, deviation) : scaleAxis(wide, 0, shares(units));
}
