import type { Program } from '../engine/engine.ts';
import type { Settings } from '../run/spec.ts';
import { validationBatches } from '../text/batches.ts';
import type { PreparedCorpus } from '../text/corpus.ts';
import { batchFeeds, batchSize } from './masked-batch.ts';
import { scalarOutput } from './training-step.ts';

/**
 * Sequences behind a point of the curve, and behind a loss that stands in a table. All arms see the same ones, so that
 * the noise of the choice is common to them.
 */
export const SEQUENCES = { curve: 256, table: 512 } as const;

/** Name of the evaluation at `length` tokens in a stage's program. */
export const evaluationAt = (length: number): string => `evaluate at ${length}`;

/**
 * Mean loss in nats per masked token over about `sequences` validation sequences of `length` tokens (whole batches).
 * Rejects with the signal's reason when stopped.
 */
export async function validationLoss(
  program: Program,
  corpus: PreparedCorpus,
  settings: Settings,
  { length, sequences }: { readonly length: number; readonly sequences: number },
  signal: AbortSignal,
): Promise<number> {
  const size = batchSize(settings, length);
  const count = Math.ceil(sequences / size.batch);
  const batches = validationBatches(corpus.validation, { ...size, vocab: corpus.vocab, count });
  let sum = 0;
  for (const batch of batches) {
    signal.throwIfAborted();
    sum += scalarOutput(await program.run(evaluationAt(length), batchFeeds(batch, size)), 'loss');
  }
  return sum / batches.length;
}
