import type { Program } from '../engine/engine.ts';
import { orderedRows } from './task-batches.ts';
import type { Asked } from './task-model.ts';
import type { Answers } from './tuning-point.ts';

/** How a set is answered. */
export interface Answering {
  readonly batch: number;
  /** Numbers for each example. */
  readonly width: number;
  /** Called before every batch. */
  readonly before: () => Promise<void>;
  /** Told of all that is answered after every batch. */
  readonly onBatch: (answered: Float32Array) => void;
}

/** Has a program's function `predict` answer what of a set is not `answered` yet: [answered * width], of whole batches. */
export async function answerSet(
  program: Program<'predict'>,
  { count, feeds }: Asked,
  answered: Float32Array,
  { batch, width, before, onBatch }: Answering,
): Promise<void> {
  const all = new Float32Array(count * width);
  all.set(answered);
  for (const [number, rows] of orderedRows(count, batch).entries()) {
    const start = number * batch * width;
    if (start < answered.length) continue;
    await before();
    const outputs = (await program.run('predict', await feeds(rows))).get('outputs')!;
    all.set(outputs.subarray(0, all.length - start), start);
    onBatch(all.subarray(0, start + outputs.length));
  }
}

/** Batches of these sets that are answered. */
export const answeredBatches = (
  sets: readonly Asked[],
  answers: Answers,
  { batch, width }: Pick<Answering, 'batch' | 'width'>,
): number => sets.reduce((sum, { key }) => sum + Math.ceil((answers.get(key)?.length ?? 0) / (batch * width)), 0);

/** Batches that it takes to answer these sets. */
export const batchesOf = (sets: readonly Asked[], batch: number): number =>
  sets.reduce((sum, { count }) => sum + Math.ceil(count / batch), 0);

/** Whether all of these sets are answered. */
export const isAnswered = (sets: readonly Asked[], answers: Answers, width: number): boolean =>
  sets.every(({ key, count }) => answers.get(key)?.length === count * width);
