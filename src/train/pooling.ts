import * as tf from '@tensorflow/tfjs-core';
import type { Tensors } from '../engine/engine.ts';
import type { Pool } from '../growth/layout.ts';
import { dense } from './parameters.ts';

/** Tokens, or what windows of them became. */
export interface Pooled {
  /** [batch, tokens, hidden] */
  readonly rows: tf.Tensor3D;
  /** float32 [batch, tokens]: 1 for tokens and windows that hold any, 0 for padding; null where there is none. */
  readonly mask: tf.Tensor2D | null;
}

/**
 * Windows of neighbouring tokens, one row each (Gu et al. 2021, embedding pooling). Their mean or maximum leaves [CLS]
 * whole, as the first row; joining them side by side and projecting takes it into the first window. The last window
 * may be short. Padding does not count, unlike in the paper's code, which averages it in: it is left out of mean and
 * maximum and 0 in a projection's input, and a window of padding only is 0 (projected, the bias).
 */
export function poolTokens(state: Tensors, { how, window }: Pool, tokens: Pooled): Pooled {
  switch (how) {
    case 'mean':
      return besideFirst(tokens, (rest) => means(rest, window));
    case 'max':
      return besideFirst(tokens, (rest) => maxima(rest, window));
    case 'concat':
      return projections(state, tokens, window);
  }
}

/** [CLS] as it is, then what is made of the other tokens. */
function besideFirst({ rows, mask }: Pooled, pool: (rest: Pooled) => Pooled): Pooled {
  const [batch, tokens, hidden] = rows.shape;
  const rest = pool({
    rows: tf.slice(rows, [0, 1, 0], [batch, tokens - 1, hidden]),
    mask: mask === null ? null : tf.slice(mask, [0, 1], [batch, tokens - 1]),
  });
  return {
    rows: tf.concat([tf.slice(rows, [0, 0, 0], [batch, 1, hidden]), rest.rows], 1),
    mask: mask === null || rest.mask === null ? null : tf.concat([tf.slice(mask, [0, 0], [batch, 1]), rest.mask], 1),
  };
}

function means({ rows, mask }: Pooled, window: number): Pooled {
  const sumsOf = (x: tf.Tensor3D) => cells(x, window, 0).reduce((sum, next) => tf.add(sum, next));
  if (mask === null) {
    const tokens = rows.shape[1];
    const windows = Math.ceil(tokens / window);
    const sizes = Array.from({ length: windows }, (_, index) => Math.min(window, tokens - index * window));
    return { rows: tf.div(sumsOf(rows), tf.tensor3d(sizes, [1, windows, 1])), mask: null };
  }
  const weights = column(mask);
  const counts = tf.maximum(sumsOf(weights), 1);
  return { rows: tf.div(sumsOf(tf.mul(rows, weights)), counts), mask: anyToken(mask, window) };
}

/** Below any embedding. */
const LOWEST = -1e9;

function maxima({ rows, mask }: Pooled, window: number): Pooled {
  const maximaOf = (x: tf.Tensor3D) => cells(x, window, LOWEST).reduce((most, next) => tf.maximum(most, next));
  if (mask === null) return { rows: maximaOf(rows), mask: null };
  const padding = column(tf.mul<tf.Tensor2D>(tf.sub(1, mask), LOWEST));
  const any = anyToken(mask, window);
  return { rows: tf.mul(maximaOf(tf.add(rows, padding)), column(any)), mask: any };
}

function projections(state: Tensors, { rows, mask }: Pooled, window: number): Pooled {
  const [batch, tokens, hidden] = rows.shape;
  const windows = Math.ceil(tokens / window);
  const seen = mask === null ? rows : tf.mul<tf.Tensor3D>(rows, column(mask));
  const joined = tf.reshape<tf.Rank.R2>(filled(seen, windows * window, 0), [batch * windows, window * hidden]);
  const projected = tf.reshape<tf.Rank.R3>(dense(state, 'pool', joined), [batch, windows, hidden]);
  return { rows: projected, mask: mask === null ? null : anyToken(mask, window) };
}

/** 1 for windows with any token, 0 for those of padding only. mask [batch, tokens]; gives [batch, windows]. */
function anyToken(mask: tf.Tensor2D, window: number): tf.Tensor2D {
  const most = cells(column(mask), window, 0).reduce((any, next) => tf.maximum(any, next));
  return tf.reshape(most, [most.shape[0], most.shape[1]]);
}

/** [batch, tokens] as [batch, tokens, 1]; a reshape, since the native engine does not record tfjs's other ways. */
const column = (mask: tf.Tensor2D): tf.Tensor3D => tf.reshape(mask, [mask.shape[0], mask.shape[1], 1]);

/**
 * The first token of every window, the second, and so on: `window` tensors [batch, windows, width], `filler` where the
 * last window is short. To be reduced one by one, since sums over an inner axis transpose.
 */
function cells(x: tf.Tensor3D, window: number, filler: number): tf.Tensor3D[] {
  const [batch, tokens, width] = x.shape;
  const windows = Math.ceil(tokens / window);
  const side = tf.reshape<tf.Rank.R3>(filled(x, windows * window, filler), [batch, windows, window * width]);
  return Array.from({ length: window }, (_, index) => tf.slice(side, [0, 0, index * width], [batch, windows, width]));
}

/** x with `filler` at the end up to `size` tokens. */
function filled(x: tf.Tensor3D, size: number, filler: number): tf.Tensor3D {
  const [batch, tokens, width] = x.shape;
  return tokens === size ? x : tf.concat([x, tf.fill<tf.Rank.R3>([batch, size - tokens, width], filler)], 1);
}
