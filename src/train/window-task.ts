import type { ModelShape } from '../growth/layout.ts';
import { bestF1Threshold, fromThreshold } from '../tasks/span-metrics.ts';
import type { SpanExample, SpanTask, Splits } from '../tasks/task.ts';
import { encodeWindows } from '../text/windows.ts';
import { answersOf } from './answer-candidates.ts';
import { spanFiles, spanModel } from './span-model.ts';
import { atMost, type Encoding, type TaskModel } from './task-model.ts';

/**
 * A task whose passages are read in overlapping windows. A window that does not hold the answer learns to point at
 * [CLS], as in BERT's released run_squad.py; the answer is the span that scores best in any of an example's windows.
 * Where a question may have none, nothing is answered if [CLS] scores higher by more than `nullThreshold`.
 */
export async function windowedSpans(
  task: SpanTask,
  { train, test, warnings = [] }: Splits<SpanExample>,
  shape: ModelShape,
  { tokenizer, length, examples }: Encoding,
  nullThreshold: number | 'best',
): Promise<TaskModel> {
  const unanswerable = task.unanswerable ?? false;
  const learned = await encodeWindows(tokenizer, atMost(train, examples), length);
  const asked = await encodeWindows(tokenizer, test, length);
  const choosesThreshold = unanswerable && nullThreshold === 'best';
  const answered = (outputs: Float32Array) => {
    const found = answersOf(asked, test.length, outputs, unanswerable);
    const threshold = nullThreshold === 'best' ? bestF1Threshold(found, test) : nullThreshold;
    return { answers: unanswerable ? fromThreshold(found, threshold) : found, threshold };
  };
  return {
    ...spanModel(learned, asked, shape),
    trainRows: [...learned.starts.keys()],
    score: (outputs) => {
      const { answers, threshold } = answered(outputs);
      return { metrics: task.score(answers, test), ...(choosesThreshold ? { nullThreshold: threshold } : {}) };
    },
    files: (outputs) => spanFiles(task, test, answered(outputs).answers),
    warnings: [...warnings, ...(choosesThreshold ? [flatters(task.name)] : [])],
  };
}

const flatters = (task: string): string =>
  `${task}: the threshold for no answer was chosen on the questions that it is scored on, so the score flatters`;
