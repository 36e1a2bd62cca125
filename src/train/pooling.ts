import * as tf from '@tensorflow/tfjs-core';

export interface Pooled {
  /** [batch, 1 + windows, hidden]: [CLS] as it is, then the mean of every window. */
  readonly rows: tf.Tensor3D;
  /** float32 [batch, 1 + windows]: 1 where a window holds any token, 0 where it is padding only. */
  readonly mask: tf.Tensor2D | null;
}

/**
 * Means over windows of neighbouring tokens, [CLS] left out (Gu et al. 2021, embedding pooling). The last window may be
 * short. Padding does not count, unlike in the paper's code, which averages it in; a window of padding only is 0.
 *
 * x [batch, tokens, hidden]; mask float32 [batch, tokens], 1 for tokens and 0 for padding, or null where there is none.
 */
export function meanPool(x: tf.Tensor3D, mask: tf.Tensor2D | null, window: number): Pooled {
  const [batch, tokens, hidden] = x.shape;
  const windows = Math.ceil((tokens - 1) / window);
  const sumsOf = (cells: tf.Tensor3D) => sumWindows(withoutFirst(cells, windows * window), windows, window);
  const first = tf.slice(x, [0, 0, 0], [batch, 1, hidden]);
  if (mask === null) {
    const sizes = Array.from({ length: windows }, (_, index) => Math.min(window, tokens - 1 - index * window));
    const means = tf.div<tf.Tensor3D>(sumsOf(x), tf.tensor3d(sizes, [1, windows, 1]));
    return { rows: tf.concat([first, means], 1), mask: null };
  }
  const weights = tf.expandDims<tf.Tensor3D>(mask, 2);
  const counts = sumsOf(weights);
  const means = tf.div<tf.Tensor3D>(sumsOf(tf.mul(x, weights)), tf.maximum(counts, 1));
  const any = tf.reshape<tf.Rank.R2>(tf.minimum(counts, 1), [batch, windows]);
  return {
    rows: tf.concat([first, means], 1),
    mask: tf.concat([tf.slice(mask, [0, 0], [batch, 1]), any], 1),
  };
}

/** x without its first token, and with zeros at the end up to `size` tokens. */
function withoutFirst(x: tf.Tensor3D, size: number): tf.Tensor3D {
  const [batch, tokens, width] = x.shape;
  const rest = tf.slice(x, [0, 1, 0], [batch, tokens - 1, width]);
  const short = size - (tokens - 1);
  return short === 0 ? rest : tf.concat([rest, tf.zeros<tf.Rank.R3>([batch, short, width])], 1);
}

/** [batch, windows * window, width] to [batch, windows, width]. Slices and adds, since sums over an inner axis transpose. */
function sumWindows(x: tf.Tensor3D, windows: number, window: number): tf.Tensor3D {
  const [batch, , width] = x.shape;
  const side = tf.reshape<tf.Rank.R3>(x, [batch, windows, window * width]);
  const cell = (index: number) => tf.slice(side, [0, 0, index * width], [batch, windows, width]);
  return Array.from({ length: window }, (_, index) => cell(index)).reduce((sum, next) => tf.add(sum, next));
}
