import * as tf from '@tensorflow/tfjs-core';
import type { Tensors } from '../engine/engine.ts';
import { entersAsLayer, isMasked, type Entering } from '../growth/entering.ts';
import { dims, layout, type ModelShape, type Parameter } from '../growth/layout.ts';
import { parameter as tensorOf } from './parameters.ts';
import { HIDDEN_WEIGHTS, layerShare } from './masks.ts';

/**
 * A grown model's state as it works while something enters it through masks of value `mask`, a scalar: what makes or
 * reads new units is weighed down, and norms and layers find their masks beside the parameters (train/masks.ts).
 * Differentiable; at 1 the model is the plain one, at 0 the one of `entering.from`.
 */
export function enteringState(state: Tensors, shape: ModelShape, entering: Entering, mask: tf.Tensor): Tensors {
  const masked = layout(shape).flatMap((parameter) => {
    const made = maskedParameter(tensorOf(state, parameter.name), parameter, shape, entering, mask);
    return made === null ? [] : [[parameter.name, made] as const];
  });
  const weighed: Tensors = Object.fromEntries(masked);
  const layers = Array.from({ length: shape.layers }, (_, layer) => layer);
  const shares = layers
    .filter((layer) => entersAsLayer(entering, layer))
    .map((layer) => [layerShare(layer), mask] as const);
  const shared: Tensors = Object.fromEntries(shares);
  const weights = unitMask(shape.hidden, entering.from.hidden, mask);
  return {
    ...state,
    ...weighed,
    ...shared,
    ...(weights === null ? {} : { [HIDDEN_WEIGHTS]: weights }),
  };
}

/** Null where nothing of the parameter is masked. */
function maskedParameter(
  tensor: tf.Tensor,
  parameter: Parameter,
  shape: ModelShape,
  entering: Entering,
  mask: tf.Tensor,
): tf.Tensor | null {
  const [grown, small] = [dims(parameter, shape), dims(parameter, { ...shape, ...sizesOf(entering.from) })];
  const masks = parameter.axes.flatMap((named, axis) => {
    const units = isMasked(parameter, axis, named) ? unitMask(grown[axis]!, small[axis]!, mask) : null;
    return units === null
      ? []
      : [
          tf.reshape(
            units,
            grown.map((size, other) => (other === axis ? size : 1)),
          ),
        ];
  });
  return masks.length === 0 ? null : masks.reduce<tf.Tensor>((product, units) => tf.mul(product, units), tensor);
}

const sizesOf = ({ hidden, ffn }: ModelShape) => ({ hidden, ffn });

/** 1 for the first `small` units and the mask for the others; null where there are no others. Gives [grown]. */
function unitMask(grown: number, small: number, mask: tf.Tensor): tf.Tensor1D | null {
  if (grown === small) return null;
  return tf.concat([tf.ones<tf.Rank.R1>([small]), tf.mul<tf.Tensor1D>(tf.ones([grown - small]), mask)]);
}
