import type * as tf from '@tensorflow/tfjs-core';
import type { Tensors } from '../engine/engine.ts';
import type { ModelShape } from '../growth/layout.ts';
import { classFile, numberFile } from '../tasks/predictions.ts';
import type {
  ClassificationExample,
  ClassificationTask,
  RegressionExample,
  RegressionTask,
  Splits,
} from '../tasks/task.ts';
import { encodePairs, type TextPair } from '../text/encode.ts';
import type { Dropout } from './dropout.ts';
import { classificationLoss, regressionLoss, sequenceOutputs } from './heads.ts';
import { parameter } from './parameters.ts';
import { atMost, encodeFed, sequenceColumns, type Encoding, type TaskModel } from './task-model.ts';

/** A task whose answer is one of its labels, read off [CLS]. */
export function classification(
  task: ClassificationTask,
  splits: Splits<ClassificationExample>,
  shape: ModelShape,
  encoding: Encoding,
): Promise<TaskModel> {
  const width = task.labels.length;
  return sequenceTask(splits, shape, encoding, {
    width,
    target: (examples) => Int32Array.from(examples, ({ label }) => label),
    loss: classificationLoss,
    score: (outputs) => ({ metrics: task.score(sequenceAnswers(task, outputs), splits.test) }),
    files: (outputs) => [classFile(task, splits.test, sequenceAnswers(task, outputs))],
  });
}

/** A task whose answer is a number, read off [CLS]. */
export function regression(
  task: RegressionTask,
  splits: Splits<RegressionExample>,
  shape: ModelShape,
  encoding: Encoding,
): Promise<TaskModel> {
  return sequenceTask(splits, shape, encoding, {
    width: 1,
    target: (examples) => Float32Array.from(examples, ({ target }) => target),
    loss: regressionLoss,
    score: (outputs) => ({ metrics: task.score(sequenceAnswers(task, outputs), splits.test) }),
    files: (outputs) => [numberFile(task, splits.test, sequenceAnswers(task, outputs))],
  });
}

interface SequenceTask<Example> {
  readonly width: number;
  readonly target: (examples: readonly Example[]) => Int32Array | Float32Array;
  readonly loss: (outputs: tf.Tensor2D, target: tf.Tensor1D) => tf.Scalar;
  readonly score: TaskModel['score'];
  readonly files: TaskModel['files'];
}

async function sequenceTask<Example extends TextPair>(
  { train, test, warnings = [] }: Splits<Example>,
  shape: ModelShape,
  { tokenizer, length, examples }: Encoding,
  { width, target, loss, score, files }: SequenceTask<Example>,
): Promise<TaskModel> {
  const kept = atMost(train, examples);
  const outputs = (state: Tensors, fed: Tensors, dropout: Dropout | null) =>
    sequenceOutputs(state, shape, encodeFed(state, shape, fed, dropout), dropout);
  return {
    train: {
      ...sequenceColumns(await encodePairs(tokenizer, kept, length)),
      target: { values: target(kept), width: 1 },
    },
    trainRows: [...kept.keys()],
    test: sequenceColumns(await encodePairs(tokenizer, test, length)),
    testCount: test.length,
    loss: (state, fed, dropout) => loss(outputs(state, fed, dropout), parameter(fed, 'target') as tf.Tensor1D),
    outputs: (state, fed) => outputs(state, fed, null),
    width,
    score,
    files,
    warnings,
  };
}

/** What a model answers to each example: the label that scores highest, or the number. outputs [count * width]. */
export function sequenceAnswers(task: ClassificationTask | RegressionTask, outputs: Float32Array): number[] {
  if (task.kind === 'regression') return Array.from(outputs);
  const width = task.labels.length;
  return Array.from({ length: outputs.length / width }, (_, row) =>
    largest(outputs.subarray(row * width, (row + 1) * width)),
  );
}

/** Where the largest number stands; of equals, the first. */
const largest = (values: Float32Array): number => values.indexOf(Math.max(...values));
