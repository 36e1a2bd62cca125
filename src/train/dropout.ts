import type * as tf from '@tensorflow/tfjs-core';
import { dropout as dropOut } from '../engine/ops/dropout.ts';

/** Dropout of one training step. Null instead of it means evaluation: nothing is dropped. */
export interface Dropout {
  readonly rate: number;
  /** int32 [2]: seed and step number, fed, so that a recorded step does not freeze one mask. */
  readonly seed: tf.Tensor1D;
}

/** The places where BERT drops out (Devlin et al. 2019, released code), numbered so that no two share a mask. */
export const SITE = {
  embedding: 0,
  head: 1,
  attentionProbabilities: (layer: number) => 2 + 3 * layer,
  attentionOutput: (layer: number) => 3 + 3 * layer,
  ffnOutput: (layer: number) => 4 + 3 * layer,
} as const;

/** x with a share of its numbers dropped and the rest scaled up; any shape. */
export function drop<T extends tf.Tensor>(x: T, dropout: Dropout | null, site: number): T {
  if (dropout === null || dropout.rate === 0) return x;
  return dropOut(x, dropout.seed, site, dropout.rate);
}
