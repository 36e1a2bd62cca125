import { fewerUnits, UNITS } from '../ffn-units.ts';
import { dims } from '../layout.ts';
import { NEVER, type GrowthOperator } from '../operator.ts';
import { concat, copy, init, recipeFor } from '../recipe.ts';

/** The control for the FFN: nothing is copied into the new units. */
export const ffnRandom: GrowthOperator = {
  ...fewerUnits,
  name: 'ffn-random',
  summary: 'add freshly drawn FFN units: the control',
  source: 'control: no trained weights in the new units',
  version: 1,
  preservation: NEVER,
  settings: { units: UNITS },
  example: { units: 6 },

  grow: (from, to) =>
    recipeFor(to, (parameter) => {
      const { name, kind, axes } = parameter;
      const axis = axes.indexOf('ffn');
      if (axis === -1) return copy(name);
      return concat(axis, [copy(name), init(kind, dims(parameter, to).with(axis, to.ffn - from.ffn))]);
    }),
};
