import * as tf from '@tensorflow/tfjs-core';
import type { Tensors } from '../engine/engine.ts';

/** Weights of the hidden units, [hidden], in the state of a model that new ones enter. */
export const HIDDEN_WEIGHTS = 'mask/hidden';

/** The share that a layer's output has in what it gives, a scalar, in the state of a model that the layer enters. */
export const layerShare = (layer: number): string => `mask/layer_${layer}`;

/** As in layerNorm. */
const EPSILON = 1e-12;

/**
 * Layer normalisation over the last axis whose mean and variance are weighted (Yao et al. 2024, section 3): a unit of
 * weight 0 counts for nothing. x [rows, hidden]; weights, gain and bias [hidden].
 */
export function weightedNorm(x: tf.Tensor2D, weights: tf.Tensor, gain: tf.Tensor, bias: tf.Tensor): tf.Tensor2D {
  const shares = tf.div(weights, tf.sum(weights));
  const mean = (of: tf.Tensor) => tf.sum(tf.mul(of, shares), -1, true);
  const centred = tf.sub(x, mean(x));
  const variance = mean(tf.square(centred));
  return tf.add(tf.mul(tf.mul(centred, tf.rsqrt(tf.add(variance, EPSILON))), gain), bias);
}

/** What a layer that enters gives: `output` at its share, and `input` at the rest of it. Other layers give `output`. */
export function entered(state: Tensors, layer: number, input: tf.Tensor2D, output: tf.Tensor2D): tf.Tensor2D {
  const share = state[layerShare(layer)];
  if (share === undefined) return output;
  return tf.add(input, tf.mul(tf.sub(output, input), share));
}
