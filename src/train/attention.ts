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

/** From a mask with 1 for tokens and 0 for padding, [batch * tokens], what to add to scores: [batch, 1, 1, tokens]. */
export function scoreMask(mask: tf.Tensor, batch: number): tf.Tensor4D {
  const padding = tf.sub(1, tf.cast(mask, 'float32'));
  return tf.reshape(tf.mul(padding, NEVER), [batch, 1, 1, mask.size / batch]);
}

/**
 * Multi-head attention of `layer` (Vaswani et al. 2017, section 3.2), without the residual: queries from one set of
 * rows, keys and values from another (the same one, except under pooling). `hide` is what scoreMask gives for the keys,
 * or null. Gives [batch * queries.tokens, hidden].
 */
export function attend(
  state: Tensors,
  { hidden, heads }: Pick<ModelShape, 'hidden' | 'heads'>,
  layer: number,
  inputs: { readonly batch: number; readonly queries: Rows; readonly keys: Rows; readonly hide: tf.Tensor4D | null },
  dropout: Dropout | null,
): tf.Tensor2D {
  const { batch, queries, keys, hide } = inputs;
  const size = hidden / heads;
  const project = (leaf: string, { rows }: Rows) => dense(state, parameterName(layer, leaf), rows);
  const split = (rows: tf.Tensor2D, tokens: number): tf.Tensor4D =>
    tf.transpose(tf.reshape(rows, [batch, tokens, heads, size]), [0, 2, 1, 3]);
  // Scaling the queries is cheaper than scaling the scores, of which there are more.
  const query = split(tf.mul(project('query', queries), 1 / Math.sqrt(size)), queries.tokens);
  const key = split(project('key', keys), keys.tokens);
  const value = split(project('value', keys), keys.tokens);
  const scores = tf.matMul(query, key, false, true);
  const probabilities = softmax(hide === null ? scores : tf.add(scores, hide));
  const kept = drop(probabilities, dropout, SITE.attentionProbabilities(layer));
  const context = tf.transpose(tf.matMul(kept, value), [0, 2, 1, 3]);
  const joined = tf.reshape<tf.Rank.R2>(context, [batch * queries.tokens, hidden]);
  const output = dense(state, parameterName(layer, 'attention_output'), joined);
  return drop(output, dropout, SITE.attentionOutput(layer));
}
