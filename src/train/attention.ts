import * as tf from '@tensorflow/tfjs-core';
import type { Tensors } from '../engine/engine.ts';
import { softmax } from '../engine/ops/activations.ts';
import { parameterName, type ModelShape } from '../growth/layout.ts';
import { drop, SITE, type Dropout } from './dropout.ts';
import { dense } from './parameters.ts';

/** Added to the scores of padding: its exponential is 0 in single precision. */
const NEVER = -1e9;

/** What is attended to: `tokens` rows per sequence, and which of them are padding. */
export interface Rows {
  /** [batch * tokens, hidden] */
  readonly rows: tf.Tensor2D;
  readonly tokens: number;
}

type Heads = Pick<ModelShape, 'hidden' | 'heads'>;

/** From a mask with 1 for tokens and 0 for padding, [batch * tokens], what to add to scores: [batch, 1, 1, tokens]. */
export function scoreMask(mask: tf.Tensor, batch: number): tf.Tensor4D {
  const padding = tf.sub(1, tf.cast(mask, 'float32'));
  return tf.reshape(tf.mul(padding, NEVER), [batch, 1, 1, mask.size / batch]);
}

/**
 * How much each query of `layer` attends to each key (Vaswani et al. 2017, section 3.2): softmax of the scaled scores,
 * [batch, heads, queries.tokens, keys.tokens], before dropout. `hide` is what scoreMask gives for the keys, or null.
 */
export function attentionProbabilities(
  state: Tensors,
  shape: Heads,
  layer: number,
  inputs: { readonly batch: number; readonly queries: Rows; readonly keys: Rows; readonly hide: tf.Tensor4D | null },
): tf.Tensor4D {
  const { batch, queries, keys, hide } = inputs;
  const project = (leaf: string, { rows }: Rows) => dense(state, parameterName(layer, leaf), rows);
  // Scaling the queries is cheaper than scaling the scores, of which there are more.
  const scaled = tf.mul<tf.Tensor2D>(project('query', queries), 1 / Math.sqrt(shape.hidden / shape.heads));
  const query = split(scaled, shape, batch, queries.tokens);
  const key = split(project('key', keys), shape, batch, keys.tokens);
  const scores = tf.matMul(query, key, false, true);
  return softmax(hide === null ? scores : tf.add(scores, hide)) as tf.Tensor4D;
}

/**
 * What `layer` reads at the values by the probabilities, which may be those of a layer below: each layer drops out of
 * them by itself. Without the residual; gives [batch * queries, hidden].
 */
export function attend(
  state: Tensors,
  shape: Heads,
  layer: number,
  inputs: { readonly probabilities: tf.Tensor4D; readonly values: Rows },
  dropout: Dropout | null,
): tf.Tensor2D {
  const { probabilities, values } = inputs;
  const [batch, , queries] = probabilities.shape;
  const value = split(dense(state, parameterName(layer, 'value'), values.rows), shape, batch, values.tokens);
  const kept = drop(probabilities, dropout, SITE.attentionProbabilities(layer));
  const context = tf.transpose(tf.matMul(kept, value), [0, 2, 1, 3]);
  const joined = tf.reshape<tf.Rank.R2>(context, [batch * queries, shape.hidden]);
  const output = dense(state, parameterName(layer, 'attention_output'), joined);
  return drop(output, dropout, SITE.attentionOutput(layer));
}

/** [batch * tokens, hidden] to [batch, heads, tokens, hidden / heads]. */
const split = (rows: tf.Tensor2D, { hidden, heads }: Heads, batch: number, tokens: number): tf.Tensor4D =>
  tf.transpose(tf.reshape(rows, [batch, tokens, heads, hidden / heads]), [0, 2, 1, 3]);
