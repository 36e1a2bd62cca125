import * as tf from '@tensorflow/tfjs-core';
import type { Tensors } from '../engine/engine.ts';
import { gelu } from '../engine/ops/activations.ts';
import { crossEntropy } from '../engine/ops/cross-entropy.ts';
import type { ModelShape } from '../growth/layout.ts';
import type { Dropout } from './dropout.ts';
import { encode, maskedRows, type EncoderInput } from './encoder.ts';
import { dense, matrix, norm, vector } from './parameters.ts';

/**
 * What the masked tokens are taken for: logits [batch * masked per sequence, vocab], read at the masked tokens only.
 * The output kernel is the token table (tied; Press & Wolf 2017).
 */
export function maskedLmLogits(
  state: Tensors,
  shape: ModelShape,
  input: EncoderInput,
  dropout: Dropout | null,
): tf.Tensor2D {
  return maskedTokenLogits(state, maskedRows(encode(state, shape, input, dropout), shape, input));
}

/** The masked-LM head on the encoder's rows of masked tokens: [rows, hidden] to [rows, vocab]. */
export function maskedTokenLogits(state: Tensors, rows: tf.Tensor2D): tf.Tensor2D {
  const transformed = gelu(dense(state, 'masked_lm/transform', rows)) as tf.Tensor2D;
  const normed = norm(state, 'masked_lm/norm', transformed);
  const product = tf.matMul(normed, matrix(state, 'embedding/tokens'), false, true);
  return tf.add(product, vector(state, 'masked_lm/output/bias'));
}

/** Mean cross entropy over the masked tokens, in nats. labels int32 [batch * masked per sequence]. */
export function maskedLmLoss(
  state: Tensors,
  shape: ModelShape,
  input: EncoderInput,
  labels: tf.Tensor1D,
  dropout: Dropout | null,
): tf.Scalar {
  return tf.mean(crossEntropy(maskedLmLogits(state, shape, input, dropout), labels));
}
