import * as tf from '@tensorflow/tfjs-core';
import type { Tensors } from '../engine/engine.ts';
import type { ModelShape } from '../growth/layout.ts';
import type { Encoded } from './encoder.ts';
import { dense } from './parameters.ts';

/** BERT's pooler: tanh of the dense layer `name` of every sequence's first row, which is [CLS]. Gives [batch, hidden]. */
export function poolFirst(
  state: Tensors,
  name: string,
  { hidden }: Pick<ModelShape, 'hidden'>,
  { rows, tokens }: Encoded,
): tf.Tensor2D {
  const batch = rows.shape[0] / tokens;
  const cube = tf.reshape(rows, [batch, tokens, hidden]);
  const first = tf.reshape<tf.Rank.R2>(tf.slice(cube, [0, 0, 0], [batch, 1, hidden]), [batch, hidden]);
  return tf.tanh(dense(state, name, first));
}

/**
 * Whether the second text follows the first (Devlin et al. 2019, section 3.1, task 2): logits [batch, 2] of "it does"
 * and "it is of another document". Where token embeddings are joined (`concat`) the first row is the first window.
 */
export const nextSentenceLogits = (state: Tensors, shape: Pick<ModelShape, 'hidden'>, encoded: Encoded): tf.Tensor2D =>
  dense(state, 'next_sentence', poolFirst(state, 'pooler', shape, encoded));
