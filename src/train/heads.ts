import * as tf from '@tensorflow/tfjs-core';
import type { HostTensors, Tensors } from '../engine/engine.ts';
import { crossEntropy } from '../engine/ops/cross-entropy.ts';
import type { ModelShape, ParameterKind } from '../growth/layout.ts';
import type { Task } from '../tasks/task.ts';
import { drop, SITE, type Dropout } from './dropout.ts';
import type { Encoded } from './encoder.ts';
import type { Fresh } from './init.ts';
import { poolFirst } from './next-sentence.ts';
import { dense } from './parameters.ts';

/** A parameter that fine-tuning adds to the encoder. */
interface HeadParameter {
  readonly name: string;
  readonly kind: ParameterKind;
  readonly size: readonly number[];
}

const HEAD = 'head/';
const POOLER = `${HEAD}pooler`;
const OUTPUT = `${HEAD}output`;

/** The parameters of a task's head: BERT's (Devlin et al. 2019, section 4). */
export function headParameters(task: Task, hidden: number): readonly HeadParameter[] {
  const linear = (name: string, outputs: number): HeadParameter[] => [
    { name: `${name}/kernel`, kind: 'kernel', size: [hidden, outputs] },
    { name: `${name}/bias`, kind: 'bias', size: [outputs] },
  ];
  switch (task.kind) {
    case 'classification':
      return [...linear(POOLER, hidden), ...linear(OUTPUT, task.labels.length)];
    case 'regression':
      return [...linear(POOLER, hidden), ...linear(OUTPUT, 1)];
    case 'span':
      return linear(OUTPUT, 2);
  }
}

/** A new head for a task. Its pooler is the one of the pre-trained model, where that has one, as BERT's is. */
export const initialHead = (task: Task, hidden: number, fresh: Fresh, pretrained: HostTensors): HostTensors =>
  new Map(
    headParameters(task, hidden).map(({ name, kind, size }) => [
      name,
      pretrained.get(name.slice(HEAD.length)) ?? { shape: size, values: fresh(kind, name, size) },
    ]),
  );

/** What is read off [CLS]: tanh of a dense layer, then a linear map. Gives [batch, outputs]. */
export function sequenceOutputs(
  state: Tensors,
  shape: Pick<ModelShape, 'hidden'>,
  encoded: Encoded,
  dropout: Dropout | null,
): tf.Tensor2D {
  return dense(state, OUTPUT, drop(poolFirst(state, POOLER, shape, encoded), dropout, SITE.head));
}

/** Far below any score: outside the passage no answer starts or ends. */
const NEVER = -1e9;

/**
 * Scores of every token as the answer's first and as its last: [batch, 2, tokens]. passage int32 [batch * tokens]. The
 * tokens of the question, [SEP] and padding are kept out of the loss's softmax too, where BERT's released run_squad.py
 * and BertForQuestionAnswering of transformers have it run over the whole sequence.
 */
export function spanOutputs(state: Tensors, { rows, tokens }: Encoded, passage: tf.Tensor1D): tf.Tensor3D {
  const batch = rows.shape[0] / tokens;
  const scores = tf.reshape(dense(state, OUTPUT, rows), [batch, tokens, 2]);
  const outside = tf.mul(tf.sub(1, tf.cast(passage, 'float32')), NEVER);
  return tf.add(tf.transpose(scores, [0, 2, 1]), tf.reshape(outside, [batch, 1, tokens]));
}

/** Mean cross entropy of logits [batch, classes] for labels int32 [batch]. */
export const classificationLoss = (logits: tf.Tensor2D, labels: tf.Tensor1D): tf.Scalar =>
  tf.mean(crossEntropy(logits, labels));

/** Mean squared error of [batch, 1] for float32 [batch]. */
export const regressionLoss = (outputs: tf.Tensor2D, targets: tf.Tensor1D): tf.Scalar =>
  tf.mean(tf.square(tf.sub(tf.reshape(outputs, [targets.size]), targets)));

/** Mean of both ends' cross entropies: scores [batch, 2, tokens], ends int32 [batch * 2], first and last in turn. */
export const spanLoss = (scores: tf.Tensor3D, ends: tf.Tensor1D): tf.Scalar =>
  tf.mean(crossEntropy(tf.reshape<tf.Rank.R2>(scores, [ends.size, scores.shape[2]]), ends));
