import { hiddenSizes, HIDDEN_SETTINGS, refuseHidden, shrinkHidden } from '../hidden.ts';
import { dims, type ModelShape, type Parameter } from '../layout.ts';
import { NEVER, type GrowthOperator } from '../operator.ts';
import { concat, copy, init, recipeFor, take, type Expression } from '../recipe.ts';
import { tokensOf, windowOrder } from '../units.ts';

/** The control: trained units keep their weights among themselves; all else is as in a new model. */
export const widthRandom: GrowthOperator = {
  name: 'width-random',
  dimension: 'width',
  summary: 'new hidden units, heads and FFN units start as in a new model (the control)',
  source: 'the control of Chen et al. 2022 and Gu et al. 2021',
  version: 1,
  preservation: NEVER,
  settings: HIDDEN_SETTINGS,
  example: { hidden: 4, ffn: 0 },
  refuse: refuseHidden,
  shrink: shrinkHidden,
  sizes: hiddenSizes,

  grow: (from, to) => recipeFor(to, (parameter) => surround(parameter, from, to)),
};

/** The trained numbers with new ones after them along every axis that grows. */
function surround(parameter: Parameter, from: ModelShape, to: ModelShape): Expression {
  const { name, kind, axes } = parameter;
  const [old, grown] = [dims(parameter, from), dims(parameter, to)];
  return axes.reduce((of: Expression, axis, place) => {
    const more = grown[place]! - old[place]!;
    if (more === 0) return of;
    const size = [...grown.slice(0, place), more, ...old.slice(place + 1)];
    const joined = concat(place, [of, init(kind, size)]);
    if (axis !== 'window') return joined;
    return take(joined, place, windowOrder(tokensOf(to), from.hidden, to.hidden - from.hidden));
  }, copy(name));
}
