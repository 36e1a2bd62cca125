import type { Program } from '../engine/engine.ts';
import type { Settings } from '../run/spec.ts';
import { validationBatches } from '../text/batches.ts';
import type { PreparedCorpus } from '../text/corpus.ts';
import { batchFeeds, batchSize, maskFeed } from './masked-batch.ts';
import { scalarOutput } from './training-step.ts';

/**
 * Validation tokens behind a point of the curve, and behind a loss that stands in a table. All arms see the same ones,
 * so that the noise of the choice is common to them.
 */
export const VALIDATION_TOKENS = { curve: 8192, table: 32768 } as const;

/** Name of the evaluation at `length` tokens in a stage's program. */
export const evaluationAt = (length: number): string => `evaluate at ${length}`;

/** The same of a model that something enters, fed the masks' value. */
export const enteringEvaluationAt = (length: number): string => `evaluate entering at ${length}`;

/** What a validation loss is measured at. */
export interface Measurement {
  readonly length: number;
  /** About so many validation tokens, in whole batches. */
  readonly tokens: number;
  /** The masks' value where something enters; at 1, and left out, the model is the plain one. */
  readonly mask?: number;
}

/**
 * Mean loss in nats per masked token over validation tokens.
 * Rejects with the signal's reason when stopped.
 */
export async function validationLoss(
  program: Program,
  corpus: PreparedCorpus,
  settings: Settings,
  { length, tokens, mask = 1 }: Measurement,
  signal: AbortSignal,
): Promise<number> {
  const size = batchSize(settings, length);
  const count = Math.ceil(tokens / (length * size.batch));
  const batches = validationBatches(corpus.validation, {
    ...size,
    vocab: corpus.vocab,
    special: corpus.special,
    count,
  });
  const [name, masked] = mask === 1 ? [evaluationAt(length), {}] : [enteringEvaluationAt(length), maskFeed(mask)];
  let sum = 0;
  for (const batch of batches) {
    signal.throwIfAborted();
    sum += scalarOutput(await program.run(name, { ...batchFeeds(batch, size), ...masked }), 'loss');
  }
  return sum / batches.length;
}
