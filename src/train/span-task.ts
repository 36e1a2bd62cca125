import type { ModelShape } from '../growth/layout.ts';
import type { SpanExample, SpanTask, Splits } from '../tasks/task.ts';
import { encodeSpans, type EncodedSpans } from '../text/encode.ts';
import { bestSpan } from './best-span.ts';
import { spanFiles, spanModel } from './span-model.ts';
import { atMost, type Encoding, type TaskModel } from './task-model.ts';

/** A task whose answer is a part of its passage. Examples whose answer was cut off are scored, but not learned from. */
export async function spanExtraction(
  task: SpanTask,
  { train, test, warnings = [] }: Splits<SpanExample>,
  shape: ModelShape,
  { tokenizer, length, examples }: Encoding,
): Promise<TaskModel> {
  const learned = await encodeSpans(tokenizer, atMost(train, examples), length);
  const asked = await encodeSpans(tokenizer, test, length);
  const answers = (outputs: Float32Array) =>
    test.map((_, row) => ({ text: answerOf(asked, row, outputs), noAnswer: -Infinity }));
  return {
    ...spanModel(learned, asked, shape),
    trainRows: [...learned.starts.keys()].filter((row) => learned.starts[row] !== -1),
    score: (outputs) => ({ metrics: task.score(answers(outputs), test) }),
    files: (outputs) => spanFiles(task, test, answers(outputs)),
    warnings: [...warnings, ...cutWarning(task.name, 'training', learned), ...cutWarning(task.name, 'test', asked)],
  };
}

function answerOf(encoded: EncodedSpans, row: number, outputs: Float32Array): string {
  const { length } = encoded;
  const scores = outputs.subarray(2 * row * length, 2 * (row + 1) * length);
  const allowed = encoded.passage.subarray(row * length, (row + 1) * length);
  const best = bestSpan(scores.subarray(0, length), scores.subarray(length), allowed);
  return best === null ? '' : encoded.answer(row, best.start, best.end);
}

function cutWarning(task: string, split: string, { answerCut, count, length }: EncodedSpans): string[] {
  if (answerCut.length === 0) return [];
  return [`${task}: ${answerCut.length} of ${count} ${split} answers lie beyond the ${length} tokens that are read`];
}
