import * as tf from '@tensorflow/tfjs-core';
import type { Feeds, FeedSpec, Tensors } from '../engine/engine.ts';
import { crossEntropy } from '../engine/ops/cross-entropy.ts';
import type { ModelShape } from '../growth/layout.ts';
import type { PairBatch } from '../text/corpus.ts';
import type { Dropout } from './dropout.ts';
import { encode, maskedRows, type EncoderInput } from './encoder.ts';
import { maskedTokenLogits } from './masked-lm.ts';
import { nextSentenceLogits } from './next-sentence.ts';
import { parameter } from './parameters.ts';

/** Feeds of sentence pairs beside those of all masked batches. */
export const pairFeedSpecs = (batch: number, length: number, masked: number): Readonly<Record<string, FeedSpec>> => ({
  segments: { dtype: 'int32', shape: [batch * length] },
  mask: { dtype: 'int32', shape: [batch * length] },
  weights: { dtype: 'float32', shape: [batch * masked] },
  continuations: { dtype: 'int32', shape: [batch] },
});

/** What a step is fed of a batch of pairs beside what it is fed of all masked batches. */
export const pairFeeds = ({ segments, mask, weights, continuations }: PairBatch): Feeds => ({
  segments,
  mask,
  weights,
  continuations,
});

/** What a model makes of a batch of pairs. */
export interface PairOutputs {
  /** Mean cross entropy over the masked tokens, in nats. */
  readonly maskedLm: tf.Scalar;
  /** [batch, 2] */
  readonly nextSentence: tf.Tensor2D;
}

/** Both heads' view of the pairs that are fed; `input` is without segments and mask, which the feeds have. */
export function pairOutputs(
  state: Tensors,
  shape: ModelShape,
  input: EncoderInput,
  fed: Tensors,
  dropout: Dropout | null,
): PairOutputs {
  const feed = (name: string) => parameter(fed, name) as tf.Tensor1D;
  const pairs = { ...input, segments: feed('segments'), mask: feed('mask') };
  const encoded = encode(state, shape, pairs, dropout);
  const losses = crossEntropy(maskedTokenLogits(state, maskedRows(encoded, shape, pairs)), feed('labels'));
  const weights = feed('weights');
  return {
    maskedLm: tf.div(tf.sum(tf.mul(losses, weights)), tf.sum(weights)),
    nextSentence: nextSentenceLogits(state, shape, encoded),
  };
}

/** BERT's loss (Devlin et al. 2019, section A.2): the masked-LM mean and the next-sentence mean, added up. */
export const pairLoss = ({ maskedLm, nextSentence }: PairOutputs, fed: Tensors): tf.Scalar =>
  tf.add(maskedLm, tf.mean(crossEntropy(nextSentence, parameter(fed, 'continuations') as tf.Tensor1D)));
