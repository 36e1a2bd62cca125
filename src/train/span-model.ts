import type * as tf from '@tensorflow/tfjs-core';
import type { Tensors } from '../engine/engine.ts';
import type { ModelShape } from '../growth/layout.ts';
import { textFile } from '../tasks/predictions.ts';
import type { PredictionFile, SpanExample, SpanPrediction, SpanTask } from '../tasks/task.ts';
import type { EncodedPairs } from '../text/encode.ts';
import type { Dropout } from './dropout.ts';
import { spanLoss, spanOutputs } from './heads.ts';
import { parameter } from './parameters.ts';
import type { Columns } from './task-batches.ts';
import { encodeFed, sequenceColumns, type TaskModel } from './task-model.ts';

/** Sequences with where in them answers may be, and from which token to which they are. */
type EncodedSpans = EncodedPairs & Readonly<Record<'passage' | 'starts' | 'ends', Int32Array>>;

/** What all tasks with answers in a passage have in common, however their passages are read. */
export function spanModel(
  learned: EncodedSpans,
  asked: EncodedSpans,
  shape: ModelShape,
): Omit<TaskModel, 'trainRows' | 'score' | 'files' | 'warnings'> {
  const scores = (state: Tensors, fed: Tensors, dropout: Dropout | null) =>
    spanOutputs(state, encodeFed(state, shape, fed, dropout), parameter(fed, 'passage') as tf.Tensor1D);
  return {
    train: { ...spanColumns(learned), ends: { values: endsOf(learned), width: 2 } },
    test: spanColumns(asked),
    testCount: asked.count,
    loss: (state, fed, dropout) => spanLoss(scores(state, fed, dropout), parameter(fed, 'ends') as tf.Tensor1D),
    outputs: (state, fed) => scores(state, fed, null),
    width: 2 * asked.length,
  };
}

/** What the span head reads. */
const spanColumns = (encoded: EncodedSpans): Columns => ({
  ...sequenceColumns(encoded),
  passage: { values: encoded.passage, width: encoded.length },
});

/** First and last token of every answer, in turn. */
const endsOf = ({ starts, ends }: EncodedSpans): Int32Array =>
  Int32Array.from({ length: 2 * starts.length }, (_, index) => {
    const row = Math.floor(index / 2);
    return index % 2 === 0 ? starts[row]! : ends[row]!;
  });

/** Predictions of the test examples as the task wants them written. */
export const spanFiles = (
  task: SpanTask,
  test: readonly SpanExample[],
  predictions: readonly SpanPrediction[],
): readonly PredictionFile[] => task.predictionFiles?.(predictions, test) ?? [textFile(task, test, predictions)];
