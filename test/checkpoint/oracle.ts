import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as tf from '@tensorflow/tfjs-core';
import type { HostTensors } from '../../src/engine/engine.ts';
import type { ModelShape } from '../../src/growth/layout.ts';
import { encode, type EncoderInput } from '../../src/train/encoder.ts';
import { sequenceOutputs } from '../../src/train/heads.ts';
import { maskedLmLogits } from '../../src/train/masked-lm.ts';
import { nextSentenceLogits } from '../../src/train/next-sentence.ts';
import { toTensors } from '../train/to-tensors.ts';

/** A folder that test/oracle/checkpoint.py wrote. */
export const fixture = (name: 'bert' | 'old' | 'brain' | 'pairs'): string =>
  fileURLToPath(new URL(`../fixtures/checkpoint/${name}`, import.meta.url));

interface Expected {
  readonly batch: Readonly<Record<'input_ids' | 'token_type_ids' | 'attention_mask', readonly (readonly number[])[]>>;
  /** Logits, or hidden states for `brain`, of every token that is no padding. */
  readonly bert: readonly (readonly number[])[];
  readonly stacked: readonly (readonly number[])[];
  readonly old: readonly (readonly number[])[];
  /** What the pooler of `old` gives for each of the batch's sequences. */
  readonly pooled: readonly (readonly number[])[];
  readonly brain: readonly (readonly number[])[];
  readonly pairs: readonly (readonly number[])[];
  /** Logits of the next-sentence head, a row for each sequence. */
  readonly oldNextSentence: readonly (readonly number[])[];
  readonly pairsNextSentence: readonly (readonly number[])[];
  readonly texts: readonly { readonly text: string; readonly ids: readonly number[] }[];
}

export const expected = JSON.parse(
  readFileSync(new URL('../fixtures/checkpoint/expected.json', import.meta.url), 'utf8'),
) as Expected;

function input(): EncoderInput {
  const { input_ids: ids, token_type_ids: segments, attention_mask: mask } = expected.batch;
  const tokens = (values: readonly number[]) => tf.tensor1d(Int32Array.from(values), 'int32');
  const real = mask.flat().flatMap((one, row) => (one === 1 ? [row] : []));
  return {
    ...{ batch: ids.length, length: ids[0]!.length },
    ...{ ids: tokens(ids.flat()), segments: tokens(segments.flat()), mask: tokens(mask.flat()) },
    // As if all tokens were masked, since logits are computed of masked ones only.
    masking: { masked: tokens(real), visible: tokens([]) },
  };
}

/** Largest difference of the logits of the oracle's batch from those wanted. */
export const logitError = (shape: ModelShape, parameters: HostTensors, want: readonly (readonly number[])[]): number =>
  tf.tidy(() => furthest(maskedLmLogits(toTensors(parameters), shape, input(), null), want));

/** Largest difference of the encoder's output, padding left out. */
export const hiddenError = (shape: ModelShape, parameters: HostTensors, want: readonly (readonly number[])[]): number =>
  tf.tidy(() => {
    const { rows } = encode(toTensors(parameters), shape, input(), null);
    return furthest(tf.gather(rows, input().masking!.masked), want);
  });

/** Largest difference of the next-sentence head's logits of the oracle's batch from those wanted. */
export const pairError = (shape: ModelShape, parameters: HostTensors, want: readonly (readonly number[])[]): number =>
  tf.tidy(() => {
    const state = toTensors(parameters);
    return furthest(nextSentenceLogits(state, shape, encode(state, shape, input(), null)), want);
  });

/** Largest difference of what a classifier reads, its output layer taken for the identity. */
export const pooledError = (shape: ModelShape, state: HostTensors, want: readonly (readonly number[])[]): number =>
  tf.tidy(() => {
    const own = Array.from({ length: shape.hidden ** 2 }, (_, index) => (index % (shape.hidden + 1) === 0 ? 1 : 0));
    const identity: HostTensors = new Map([
      ['head/output/kernel', { shape: [shape.hidden, shape.hidden], values: Float32Array.from(own) }],
      ['head/output/bias', { shape: [shape.hidden], values: new Float32Array(shape.hidden) }],
    ]);
    const tensors = toTensors(new Map([...state, ...identity]));
    return furthest(sequenceOutputs(tensors, shape, encode(tensors, shape, input(), null), null), want);
  });

function furthest(got: tf.Tensor, want: readonly (readonly number[])[]): number {
  const numbers = got.dataSync();
  if (numbers.length !== want.flat().length) throw new Error(`${numbers.length} numbers, not ${want.flat().length}`);
  return Math.max(...want.flat().map((number, index) => Math.abs(numbers[index]! - number)));
}
