import { parameterName } from '../layout.ts';
import { NEVER, type GrowthOperator } from '../operator.ts';
import { copy, recipeFor } from '../recipe.ts';

/** Grown layer i is the trained layer i mod L; every weight is copied, norms included. */
export const stack: GrowthOperator = {
  name: 'stack',
  dimension: 'depth',
  summary: 'repeat the trained layers end to end',
  source: 'Gong et al. 2019, "Efficient Training of BERT by Progressively Stacking"; Gu et al. 2021',
  version: 1,
  preservation: NEVER,
  settings: { layers: { type: 'integer', minimum: 1, description: 'layers of the small model' } },
  example: { layers: 2 },

  refuse: (target, { layers = 0 }) =>
    layers < target.layers ? null : `layers must be below the target's ${target.layers}, got ${layers}`,

  shrink: (target, { layers = target.layers }) => ({ ...target, layers }),

  sizes: (target) => Array.from({ length: target.layers - 1 }, (_, index) => target.layers - 1 - index),

  grow: (from, to) =>
    recipeFor(to, ({ layer, leaf }) => copy(parameterName(layer === null ? null : layer % from.layers, leaf))),
};
