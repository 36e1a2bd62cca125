import { dims, makesScores, parameterName, scoreLayer, type ModelShape, type Parameter } from './layout.ts';
import type { GrowthOperator } from './operator.ts';
import { copy, init, recipeFor, type Expression, type Recipe } from './recipe.ts';

/** What operators of depth have in common: the small model has fewer layers, any number of them. */
export const fewerLayers = {
  dimension: 'depth',
  settings: { layers: { type: 'integer', minimum: 1, description: 'layers of the small model' } },
  example: { layers: 2 },

  refuse: (target, { layers = 0 }) =>
    layers < target.layers ? null : `layers must be below the target's ${target.layers}, got ${layers}`,

  shrink: (target, { layers = target.layers }) => ({ ...target, layers }),

  sizes: (target) => Array.from({ length: target.layers - 1 }, (_, index) => target.layers - 1 - index),
} as const satisfies Partial<GrowthOperator>;

/**
 * The parameter `leaf` of layer `layer` of a model of shape `from`. Where that layer uses the attention scores of a
 * layer below, its query and key are that layer's: so a copy that has scores of its own attends as it did.
 */
export function copyLayer(from: ModelShape, layer: number, leaf: string): Expression {
  return copy(parameterName(makesScores(leaf) ? scoreLayer(from, layer) : layer, leaf));
}

/** Growth that makes every layer of `to` a copy of layer `sourceOf(layer)` of `from`, norms included. */
export function copyLayers(from: ModelShape, to: ModelShape, sourceOf: (layer: number) => number): Recipe {
  return recipeFor(to, ({ name, layer, leaf }) =>
    layer === null ? copy(name) : copyLayer(from, sourceOf(layer), leaf),
  );
}

/** Growth that keeps the layers of `from` and puts new ones on top, whose parameters are made by `rule`. */
export function addLayers(
  from: ModelShape,
  to: ModelShape,
  rule: (parameter: Parameter, size: readonly number[]) => Expression,
): Recipe {
  return recipeFor(to, (parameter) => {
    const { name, layer, leaf } = parameter;
    if (layer === null) return copy(name);
    return layer < from.layers ? copyLayer(from, layer, leaf) : rule(parameter, dims(parameter, to));
  });
}

/** Drawn as in a new model. */
export const fresh = ({ kind }: Parameter, size: readonly number[]): Expression => init(kind, size);

/** The norm after the top layer of `from`, `leaf` being `gain` or `bias`: what the layer above it is used to read. */
export const topNorm = (from: ModelShape, leaf: string): Expression =>
  copy(parameterName(from.layers - 1, `ffn_norm/${leaf}`));
