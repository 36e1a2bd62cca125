import type { Program } from '../engine/engine.ts';
import type { Settings } from '../run/spec.ts';
import { validationBatches } from '../text/batches.ts';
import type { PreparedCorpus } from '../text/corpus.ts';
import { batchFeeds, batchSize } from './masked-batch.ts';
import { scalarOutput } from './training-step.ts';

/**
 * Validation tokens behind a point of the curve, and behind a loss that stands in a table. All arms see the same ones,
 * so that the noise of the choice is common to them.
 */
export const VALIDATION_TOKENS = { curve: 8192, table: 32768 } as const;

/** Name of the evaluation at `length` tokens in a stage's program. */
export const evaluationAt = (length: number): string => `evaluate at ${length}`;

/**
 * Mean loss in nats per masked token over about `tokens` validation tokens in sequences of `length` (whole batches).
 * Rejects with the signal's reason when stopped.
 */
export async function validationLoss(
  program: Program,
  corpus: PreparedCorpus,
  settings: Settings,
  { length, tokens }: { readonly length: number; readonly tokens: number },
  signal: AbortSignal,
): Promise<number> {
  const size = batchSize(settings, length);
  const count = Math.ceil(tokens / (length * size.batch));
  const batches = validationBatches(corpus.validation, { ...size, vocab: corpus.vocab, count });
  let sum = 0;
  for (const batch of batches) {
    signal.throwIfAborted();
    sum += scalarOutput(await program.run(evaluationAt(length), batchFeeds(batch, size)), 'loss');
  }
  return sum / batches.length;
}
