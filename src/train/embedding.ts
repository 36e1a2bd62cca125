import * as tf from '@tensorflow/tfjs-core';
import type { Tensors } from '../engine/engine.ts';
import { gatherRows } from '../engine/ops/gather.ts';
import type { ModelShape } from '../growth/layout.ts';
import { drop, SITE, type Dropout } from './dropout.ts';
import { matrix, norm } from './parameters.ts';

/** Sequences of `length` tokens, one after another in every tensor. */
export interface Sequences {
  readonly batch: number;
  readonly length: number;
  /** int32 [batch * length] */
  readonly ids: tf.Tensor1D;
  /** int32 [batch * length]: 0 in the first text, 1 in the second. Null where there is only a first. */
  readonly segments: tf.Tensor1D | null;
  /** int32 [batch * length]: 1 for tokens, 0 for padding. Null where there is no padding. */
  readonly mask: tf.Tensor1D | null;
}

/** Token, position and segment embeddings, summed and normalised. Gives [batch * length, hidden]. */
export function embed(
  state: Tensors,
  { hidden }: Pick<ModelShape, 'hidden'>,
  sequences: Sequences,
  dropout: Dropout | null,
): tf.Tensor2D {
  const { batch, length, ids, segments } = sequences;
  const tokens = gatherRows(matrix(state, 'embedding/tokens'), ids);
  const positions = tf.slice(matrix(state, 'embedding/positions'), [0, 0], [length, hidden]);
  const table = matrix(state, 'embedding/segments');
  // With one segment only, it is cheaper to add it to each position once than to each token.
  const place = segments === null ? tf.add(positions, tf.slice(table, [0, 0], [1, hidden])) : positions;
  const placed = tf.add(tf.reshape(tokens, [batch, length, hidden]), place);
  const flat = tf.reshape(placed, [batch * length, hidden]);
  const sum = segments === null ? flat : tf.add(flat, gatherRows(table, segments));
  return drop(norm(state, 'embedding/norm', sum as tf.Tensor2D), dropout, SITE.embedding);
}
