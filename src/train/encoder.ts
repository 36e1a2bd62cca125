import * as tf from '@tensorflow/tfjs-core';
import type { Tensors } from '../engine/engine.ts';
import { gatherRows } from '../engine/ops/gather.ts';
import { parameterName, type ModelShape } from '../growth/layout.ts';
import { attend, scoreMask, type Rows } from './attention.ts';
import type { Dropout } from './dropout.ts';
import { embed, type Sequences } from './embedding.ts';
import { feedForward } from './ffn.ts';
import { entered } from './masks.ts';
import { norm } from './parameters.ts';
import { meanPool } from './pooling.ts';

/** Which tokens are masked and which are not: int32 rows of the [batch * length] tokens, ascending in each sequence. */
export interface Masking {
  /** [batch * masked per sequence], the same number in every sequence. */
  readonly masked: tf.Tensor1D;
  /** [batch * (length - masked per sequence)]: all the others, read only under pooling. */
  readonly visible: tf.Tensor1D;
}

/** Sequences, and what is masked in them (null outside pre-training). */
export interface EncoderInput extends Sequences {
  readonly masking: Masking | null;
}

/** The encoder's output. */
export interface Encoded {
  /** [batch * tokens, hidden], `tokens` of each sequence after another. */
  readonly rows: tf.Tensor2D;
  readonly tokens: number;
}

/** What a layer reads: the stream it adds to, and what keys and values are made of. */
interface LayerInput {
  readonly batch: number;
  readonly stream: Rows;
  /** Null where keys and values come from the stream itself. */
  readonly memory: Rows | null;
  readonly hide: tf.Tensor4D | null;
}

/**
 * BERT's encoder (Devlin et al. 2019), post- or pre-norm. Pure: tensors in, a tensor out; `dropout` null to evaluate.
 * Without pooling the output has one row per token. With pooling it has, for every sequence, [CLS], the pooled windows
 * and the masked tokens, and `input.masking` is required.
 */
export function encode(state: Tensors, shape: ModelShape, input: EncoderInput, dropout: Dropout | null): Encoded {
  const embedded = embed(state, shape, input, dropout);
  const { first, rest } = shape.pool === null ? whole(embedded, input) : pooled(embedded, shape.pool.window, input);
  const { tokens } = first.stream;
  let rows = runLayer(state, shape, 0, first, dropout);
  for (let layer = 1; layer < shape.layers; layer += 1) {
    const read: LayerInput = { batch: input.batch, stream: { rows, tokens }, memory: null, hide: rest };
    rows = runLayer(state, shape, layer, read, dropout);
  }
  return { rows: shape.norm === 'pre' ? norm(state, 'final_norm', rows) : rows, tokens };
}

/** The rows of the masked tokens, [batch * masked per sequence, hidden], in the order of `input.masking`. */
export function maskedRows({ rows, tokens }: Encoded, shape: ModelShape, input: EncoderInput): tf.Tensor2D {
  const { masked } = required(input.masking);
  if (shape.pool === null) return gatherRows(rows, masked);
  const each = masked.size / input.batch;
  const cube = tf.reshape(rows, [input.batch, tokens, shape.hidden]);
  const last = tf.slice(cube, [0, tokens - each, 0], [input.batch, each, shape.hidden]);
  return tf.reshape(last, [masked.size, shape.hidden]);
}

interface Entry {
  readonly first: LayerInput;
  /** What hides padding from the layers after the first. */
  readonly rest: tf.Tensor4D | null;
}

function whole(rows: tf.Tensor2D, { batch, length, mask }: EncoderInput): Entry {
  const hide = mask === null ? null : scoreMask(mask, batch);
  return { first: { batch, stream: { rows, tokens: length }, memory: null, hide }, rest: hide };
}

/**
 * The stream is the pooled sequence followed by the masked tokens, which are left out of the pooling; the first layer
 * still reads the unpooled sequence as keys and values, so that no token is lost.
 */
function pooled(embedded: tf.Tensor2D, window: number, input: EncoderInput): Entry {
  const { batch, length, mask } = input;
  const { masked, visible } = required(input.masking);
  const cubeOf = (rows: tf.Tensor1D) =>
    tf.reshape<tf.Rank.R3>(gatherRows(embedded, rows), [batch, rows.size / batch, embedded.shape[1]]);
  const pool = meanPool(cubeOf(visible), mask === null ? null : maskOf(mask, visible, batch), window);
  const joined = tf.concat([pool.rows, cubeOf(masked)], 1);
  const tokens = joined.shape[1];
  const stream = { rows: tf.reshape<tf.Rank.R2>(joined, [batch * tokens, embedded.shape[1]]), tokens };
  const memory = { rows: embedded, tokens: length };
  const hide = mask === null ? null : scoreMask(mask, batch);
  if (pool.mask === null) return { first: { batch, stream, memory, hide }, rest: null };
  const whole = tf.concat([pool.mask, tf.ones([batch, masked.size / batch])], 1);
  return { first: { batch, stream, memory, hide }, rest: scoreMask(whole, batch) };
}

/** The mask of some rows of the tokens: float32 [batch, rows per sequence]. */
function maskOf(mask: tf.Tensor1D, rows: tf.Tensor1D, batch: number): tf.Tensor2D {
  return tf.cast(tf.reshape(tf.gather(mask, rows), [batch, rows.size / batch]), 'float32');
}

function runLayer(
  state: Tensors,
  shape: ModelShape,
  layer: number,
  input: LayerInput,
  dropout: Dropout | null,
): tf.Tensor2D {
  return entered(state, layer, input.stream.rows, layerOutput(state, shape, layer, input, dropout));
}

function layerOutput(
  state: Tensors,
  shape: ModelShape,
  layer: number,
  { batch, stream, memory, hide }: LayerInput,
  dropout: Dropout | null,
): tf.Tensor2D {
  const normed = (leaf: string, rows: tf.Tensor2D) => norm(state, parameterName(layer, leaf), rows);
  if (shape.norm === 'post') {
    const attended = attend(state, shape, layer, { batch, queries: stream, keys: memory ?? stream, hide }, dropout);
    const middle = normed('attention_norm', tf.add(stream.rows, attended));
    return normed('ffn_norm', tf.add(middle, feedForward(state, layer, middle, dropout)));
  }
  const queries = { ...stream, rows: normed('attention_norm', stream.rows) };
  const keys = memory === null ? queries : { ...memory, rows: normed('attention_norm', memory.rows) };
  const middle = tf.add<tf.Tensor2D>(stream.rows, attend(state, shape, layer, { batch, queries, keys, hide }, dropout));
  return tf.add(middle, feedForward(state, layer, normed('ffn_norm', middle), dropout));
}

function required(masking: Masking | null): Masking {
  if (masking === null) throw new Error('pooling and the masked-LM head need to know which tokens are masked');
  return masking;
}
