import { textFile } from '../tasks/predictions.ts';
import type { PredictionFile, SpanExample, SpanPrediction, SpanTask } from '../tasks/task.ts';
import type { EncodedPairs } from '../text/encode.ts';
import type { Columns } from './task-batches.ts';
import { sequenceColumns } from './task-model.ts';

/** What the span head reads: sequences, and where in them answers may be. */
export const spanColumns = (encoded: EncodedPairs & { readonly passage: Int32Array }): Columns => ({
  ...sequenceColumns(encoded),
  passage: { values: encoded.passage, width: encoded.length },
});

/** First and last token of every answer, in turn. */
export const endsOf = ({ starts, ends }: Readonly<Record<'starts' | 'ends', Int32Array>>): Int32Array =>
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
