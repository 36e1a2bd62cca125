import type * as tf from '@tensorflow/tfjs-core';
import type { Feeds, Tensors } from '../engine/engine.ts';
import type { ModelShape } from '../growth/layout.ts';
import type { PredictionFile } from '../tasks/task.ts';
import type { EncodedPairs } from '../text/encode.ts';
import type { Tokenizer } from '../text/tokenizer.ts';
import type { Dropout } from './dropout.ts';
import { encode, type Encoded } from './encoder.ts';
import { parameter } from './parameters.ts';
import { takeRows, type Columns } from './task-batches.ts';

/** How good a model's answers are. */
export interface Score {
  /** Every metric by name. */
  readonly metrics: Readonly<Record<string, number>>;
  /** The threshold for no answer, where it was chosen by these very answers. */
  readonly nullThreshold?: number;
}

/** A task made ready for one model: its examples as numbers, and what to do with them. */
export interface TaskModel {
  readonly train: Columns;
  /** Rows of `train` that can be learned from. */
  readonly trainRows: readonly number[];
  readonly test: Columns;
  readonly testCount: number;
  /** From the parameters and a batch of train's columns. */
  readonly loss: (state: Tensors, fed: Tensors, dropout: Dropout | null) => tf.Scalar;
  /** From the parameters and a batch of test's columns: `width` numbers for each example. */
  readonly outputs: (state: Tensors, fed: Tensors) => tf.Tensor;
  readonly width: number;
  /** From the outputs of all test examples. */
  readonly score: (outputs: Float32Array) => Score;
  /** Predictions of the test examples, as files for others to read, from the same outputs. */
  readonly files: (outputs: Float32Array) => readonly PredictionFile[];
  readonly warnings: readonly string[];
}

/** Examples that a model answers with the step that answers its test examples. */
export interface Asked {
  /** What tells a set from others: the same only where the examples are. */
  readonly key: string;
  readonly count: number;
  /** The examples `rows` as that step is fed them. */
  readonly feeds: (rows: readonly number[]) => Feeds | Promise<Feeds>;
}

/** The key of a task's test examples. */
export const TEST = 'test';

/** The test examples of a task, to be answered. */
export const testSet = ({ test, testCount }: TaskModel): Asked => ({
  ...{ key: TEST, count: testCount },
  feeds: (rows) => takeRows(test, rows),
});

/** How a task's texts become numbers. */
export interface Encoding {
  readonly tokenizer: Tokenizer;
  /** Tokens of a sequence. */
  readonly length: number;
  /** Training examples at most; null takes all. */
  readonly examples: number | null;
}

/** The first examples: tasks come shuffled, so these are a fair sample, and the same for every arm. */
export const atMost = <Example>(examples: readonly Example[], most: number | null): readonly Example[] =>
  most === null ? examples : examples.slice(0, most);

/** The columns that `encodeFed` reads. */
export const sequenceColumns = ({ ids, segments, mask, length }: EncodedPairs): Columns => ({
  ids: { values: ids, width: length },
  segments: { values: segments, width: length },
  mask: { values: mask, width: length },
});

/** The encoder over a fed batch of sequence columns, each sequence of the shape's length. */
export function encodeFed(state: Tensors, shape: ModelShape, fed: Tensors, dropout: Dropout | null): Encoded {
  const feed = (name: string) => parameter(fed, name) as tf.Tensor1D;
  const { length } = shape;
  const [ids, segments, mask] = [feed('ids'), feed('segments'), feed('mask')];
  return encode(state, shape, { batch: ids.size / length, length, ids, segments, mask, masking: null }, dropout);
}
