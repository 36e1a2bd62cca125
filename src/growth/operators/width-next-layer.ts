import { hiddenSizes, HIDDEN_SETTINGS, noiseSetting, refuseHidden, shrinkHidden } from '../hidden.ts';
import { layout, parameterName, type ModelShape, type Parameter } from '../layout.ts';
import { NEVER, type GrowthOperator } from '../operator.ts';
import { concat, copy, recipeFor, take } from '../recipe.ts';
import { origins, splitInputs } from '../units.ts';
import { copyUnits } from './width-copy.ts';

/**
 * Advanced knowledge initialization (Chen et al. 2022, equations 9 and 10): as `width-copy`, but the units that a layer
 * has more than before are those that the layer above has in the copied places. The top layer, the embeddings and the
 * masked-LM head have none above and copy their own. Copies part by themselves where the two layers differ.
 */
export const widthNextLayer: GrowthOperator = {
  name: 'width-next-layer',
  dimension: 'width',
  summary: 'as width-copy, but the units a layer gains are those of the layer above',
  source: 'Chen et al. 2022, "bert2BERT", advanced knowledge initialization (AKI)',
  version: 1,
  preservation: NEVER,
  settings: { ...HIDDEN_SETTINGS, noise: noiseSetting(0) },
  example: { hidden: 4, ffn: 0, noise: 0 },
  refuse: refuseHidden,
  shrink: shrinkHidden,
  sizes: hiddenSizes,

  grow(from, to, { noise = 0 }) {
    const names = new Set(layout(from).map(({ name }) => name));
    return recipeFor(to, (parameter) => {
      const { name, axes } = parameter;
      const axis = axes.length - 1;
      const units = origins(axes[axis]!, from, to);
      const above = nameAbove(parameter, from, names);
      if (units === null || above === null) return copyUnits(parameter, from, to, noise);
      const old = new Set(units).size;
      const own = take(copy(name), axis, units.slice(0, old));
      const wide = concat(axis, [own, take(copy(above), axis, units.slice(old))]);
      return splitInputs(wide, parameter, from, to, noise);
    });
  },
};

/** The same parameter of the nearest layer above that has one of its own: layers may share attention scores. */
function nameAbove({ layer, leaf }: Parameter, from: ModelShape, names: ReadonlySet<string>): string | null {
  if (layer === null) return null;
  const above = Array.from({ length: from.layers - layer - 1 }, (_, index) => layer + index + 1);
  return above.map((other) => parameterName(other, leaf)).find((name) => names.has(name)) ?? null;
}
