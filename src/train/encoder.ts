import * as tf from '@tensorflow/tfjs-core';
import type { Tensors } from '../engine/engine.ts';
import { gatherRows } from '../engine/ops/gather.ts';
import { parameterName, scoreLayer, type ModelShape, type Pool } from '../growth/layout.ts';
import { attend, attentionProbabilities, scoreMask, type Rows } from './attention.ts';
import type { Dropout } from './dropout.ts';
import { embed, type Sequences } from './embedding.ts';
import { feedForward } from './ffn.ts';
import { entered } from './masks.ts';
import { norm } from './parameters.ts';
import { poolTokens } from './pooling.ts';

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

/** What the layers read: the stream they add to and, while attention leaves it, what is attended to instead. */
interface Entry {
  readonly stream: Rows;
  /** What the first layer's keys are made of; null where that is the stream itself. */
  readonly memory: Rows | null;
  /** Hides the padding of the first layer's keys. */
  readonly hideFirst: tf.Tensor4D | null;
  /** Hides the padding of the stream. */
  readonly hideRest: tf.Tensor4D | null;
}

/**
 * BERT's encoder (Devlin et al. 2019), post- or pre-norm. Pure: tensors in, a tensor out; `dropout` null to evaluate.
 * Without pooling the output has one row per token. With pooling it has, for every sequence, [CLS], the pooled windows
 * and the masked tokens, and `input.masking` is required. A layer that shares attention reads by the probabilities of
 * the first of its group; in the group of layer 0 the values come, as its keys do, from the unpooled sequence.
 */
export function encode(state: Tensors, shape: ModelShape, input: EncoderInput, dropout: Dropout | null): Encoded {
  const embedded = embed(state, shape, input, dropout);
  const entry = shape.pool === null ? whole(embedded, input) : pooled(state, embedded, shape.pool, input);
  const { tokens } = entry.stream;
  let { rows } = entry.stream;
  let probabilities: tf.Tensor4D | null = null;
  for (let layer = 0; layer < shape.layers; layer += 1) {
    const scores = scoreLayer(shape, layer);
    const read: LayerInput = {
      batch: input.batch,
      stream: { rows, tokens },
      memory: scores === 0 ? entry.memory : null,
      hide: scores === 0 ? entry.hideFirst : entry.hideRest,
      probabilities: scores === layer ? null : probabilities,
    };
    ({ rows, probabilities } = runLayer(state, shape, layer, read, dropout));
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

function whole(rows: tf.Tensor2D, { batch, length, mask }: EncoderInput): Entry {
  const hide = mask === null ? null : scoreMask(mask, batch);
  return { stream: { rows, tokens: length }, memory: null, hideFirst: hide, hideRest: hide };
}

/**
 * The stream is the pooled sequence followed by the masked tokens, which are left out of the pooling; the first layer
 * still reads the unpooled sequence as keys and values, so that no token is lost.
 */
function pooled(state: Tensors, embedded: tf.Tensor2D, pool: Pool, input: EncoderInput): Entry {
  const { batch, length, mask } = input;
  const { masked, visible } = required(input.masking);
  const width = embedded.shape[1];
  const cubeOf = (rows: tf.Tensor1D) =>
    tf.reshape<tf.Rank.R3>(gatherRows(embedded, rows), [batch, rows.size / batch, width]);
  const own = { rows: cubeOf(visible), mask: mask === null ? null : maskOf(mask, visible, batch) };
  const windows = poolTokens(state, pool, own);
  const joined = tf.concat([windows.rows, cubeOf(masked)], 1);
  const tokens = joined.shape[1];
  return {
    stream: { rows: tf.reshape(joined, [batch * tokens, width]), tokens },
    memory: { rows: embedded, tokens: length },
    hideFirst: mask === null ? null : scoreMask(mask, batch),
    hideRest:
      windows.mask === null ? null : scoreMask(tf.concat([windows.mask, maskOf(mask!, masked, batch)], 1), batch),
  };
}

/** The mask of some rows of the tokens: float32 [batch, rows per sequence]. */
function maskOf(mask: tf.Tensor1D, rows: tf.Tensor1D, batch: number): tf.Tensor2D {
  return tf.cast(tf.reshape(tf.gather(mask, rows), [batch, rows.size / batch]), 'float32');
}

/** What one layer reads. */
interface LayerInput {
  readonly batch: number;
  readonly stream: Rows;
  /** Null where keys and values come from the stream itself. */
  readonly memory: Rows | null;
  readonly hide: tf.Tensor4D | null;
  /** Of the layer whose attention this one uses; null where it has its own. */
  readonly probabilities: tf.Tensor4D | null;
}

interface LayerOutput {
  readonly rows: tf.Tensor2D;
  readonly probabilities: tf.Tensor4D;
}

function runLayer(
  state: Tensors,
  shape: ModelShape,
  layer: number,
  input: LayerInput,
  dropout: Dropout | null,
): LayerOutput {
  const { rows, probabilities } = layerOutput(state, shape, layer, input, dropout);
  return { rows: entered(state, layer, input.stream.rows, rows), probabilities };
}

function layerOutput(
  state: Tensors,
  shape: ModelShape,
  layer: number,
  { batch, stream, memory, hide, probabilities: given }: LayerInput,
  dropout: Dropout | null,
): LayerOutput {
  const normed = (leaf: string, rows: tf.Tensor2D) => norm(state, parameterName(layer, leaf), rows);
  const readBy = (queries: Rows, keys: Rows) => {
    const probabilities = given ?? attentionProbabilities(state, shape, layer, { batch, queries, keys, hide });
    return { probabilities, attended: attend(state, shape, layer, { probabilities, values: keys }, dropout) };
  };
  if (shape.norm === 'post') {
    const { probabilities, attended } = readBy(stream, memory ?? stream);
    const middle = normed('attention_norm', tf.add(stream.rows, attended));
    const rows = normed('ffn_norm', tf.add(middle, feedForward(state, shape, layer, middle, dropout)));
    return { rows, probabilities };
  }
  const queries = { ...stream, rows: normed('attention_norm', stream.rows) };
  const keys = memory === null ? queries : { ...memory, rows: normed('attention_norm', memory.rows) };
  const { probabilities, attended } = readBy(queries, keys);
  const middle = tf.add<tf.Tensor2D>(stream.rows, attended);
  return { rows: tf.add(middle, feedForward(state, shape, layer, normed('ffn_norm', middle), dropout)), probabilities };
}

function required(masking: Masking | null): Masking {
  if (masking === null) throw new Error('pooling and the masked-LM head need to know which tokens are masked');
  return masking;
}
