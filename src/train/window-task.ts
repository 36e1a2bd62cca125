import type * as tf from '@tensorflow/tfjs-core';
import type { Tensors } from '../engine/engine.ts';
import type { ModelShape } from '../growth/layout.ts';
import type { SpanExample, SpanPrediction, SpanTask, Splits } from '../tasks/task.ts';
import { encodeWindows, type EncodedWindows } from '../text/windows.ts';
import { bestSpan } from './best-span.ts';
import type { Dropout } from './dropout.ts';
import { spanLoss, spanOutputs } from './heads.ts';
import { parameter } from './parameters.ts';
import { endsOf, spanColumns } from './span-columns.ts';
import { atMost, encodeFed, type Encoding, type TaskModel } from './task-model.ts';

/**
 * A task whose passages are read in overlapping windows. A window that does not hold the answer learns to point at
 * [CLS], as in BERT's released run_squad.py; the answer is the span that scores best in any of an example's windows.
 */
export async function windowedSpans(
  task: SpanTask,
  { train, test, warnings = [] }: Splits<SpanExample>,
  shape: ModelShape,
  { tokenizer, length, examples }: Encoding,
): Promise<TaskModel> {
  const learned = await encodeWindows(tokenizer, atMost(train, examples), length);
  const asked = await encodeWindows(tokenizer, test, length);
  const scores = (state: Tensors, fed: Tensors, dropout: Dropout | null) =>
    spanOutputs(state, encodeFed(state, shape, fed, dropout), parameter(fed, 'passage') as tf.Tensor1D);
  return {
    train: { ...spanColumns(learned), ends: { values: endsOf(learned), width: 2 } },
    trainRows: [...learned.starts.keys()],
    test: spanColumns(asked),
    testCount: asked.count,
    loss: (state, fed, dropout) => spanLoss(scores(state, fed, dropout), parameter(fed, 'ends') as tf.Tensor1D),
    outputs: (state, fed) => scores(state, fed, null),
    width: 2 * length,
    score: (outputs) => task.score(predictionsOf(asked, test.length, outputs), test),
    warnings,
  };
}

/** The answer to each of `count` examples, from the scores [windows, 2, length] of all windows. */
export function predictionsOf(asked: EncodedWindows, count: number, outputs: Float32Array): SpanPrediction[] {
  const best = Array.from({ length: count }, () => ({ text: '', score: -Infinity, none: Infinity }));
  for (const [row, example] of asked.example.entries()) {
    const own = best[example]!;
    const found = windowAnswer(asked, row, outputs);
    if (found.score > own.score) [own.text, own.score] = [found.text, found.score];
    // Of the windows, most do not hold the answer: the one that is least sure of that speaks for all.
    own.none = Math.min(own.none, found.none);
  }
  return best.map(({ text, score, none }) => ({ text, noAnswer: none - score }));
}

function windowAnswer(asked: EncodedWindows, row: number, outputs: Float32Array) {
  const { length } = asked;
  const starts = outputs.subarray(2 * row * length, (2 * row + 1) * length);
  const ends = outputs.subarray((2 * row + 1) * length, (2 * row + 2) * length);
  const none = starts[0]! + ends[0]!;
  // What follows [CLS]: it answers nothing, and is scored apart.
  const allowed = asked.passage.subarray(row * length + 1, (row + 1) * length);
  const span = bestSpan(starts.subarray(1), ends.subarray(1), allowed);
  if (span === null) return { text: '', score: -Infinity, none };
  const [start, end] = [span.start + 1, span.end + 1];
  return { text: asked.answer(row, start, end), score: starts[start]! + ends[end]!, none };
}
