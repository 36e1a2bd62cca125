import type { Program } from '../engine/engine.ts';
import type { CellResult } from '../run/record.ts';
import type { Settings } from '../run/spec.ts';
import type { PreparedCorpus } from '../text/corpus.ts';
import { drawValidation } from './drawn-batch.ts';
import { maskFeed } from './masked-batch.ts';
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

/** What a model makes of validation text. */
export interface Validation {
  /** Mean masked-LM loss in nats per masked token. */
  readonly loss: number;
  /** Share of the pairs of which it tells rightly whether the second text follows; only of pairs. */
  readonly nsp?: NonNullable<CellResult['nsp']>;
}

/** The mean loss of `validate` alone. */
export const validationLoss = async (...measured: Parameters<typeof validate>): Promise<number> =>
  (await validate(...measured)).loss;

/** Measures over validation tokens. Rejects with the signal's reason when stopped. */
export async function validate(
  program: Program,
  corpus: PreparedCorpus,
  settings: Settings,
  { length, tokens, mask = 1 }: Measurement,
  signal: AbortSignal,
): Promise<Validation> {
  const count = Math.ceil(tokens / (length * settings.train.batch));
  const batches = drawValidation(corpus, settings, length, count);
  const [name, masked] = mask === 1 ? [evaluationAt(length), {}] : [enteringEvaluationAt(length), maskFeed(mask)];
  let sum = 0;
  const told: boolean[] = [];
  for (const { feeds, continuations } of batches) {
    signal.throwIfAborted();
    const outputs = await program.run(name, { ...feeds, ...masked });
    sum += scalarOutput(outputs, 'loss');
    if (continuations !== null) told.push(...rightlyTold(outputs.get('nextSentence')!, continuations));
  }
  const loss = sum / batches.length;
  return told.length === 0 ? { loss } : { loss, nsp: { accuracy: told.filter(Boolean).length / told.length } };
}

/** Of each pair, whether the larger of its two logits, [batch, 2], is that of the truth. */
const rightlyTold = (logits: Float32Array, continuations: Int32Array): boolean[] =>
  Array.from(continuations, (truth, row) => logits[2 * row + truth]! > logits[2 * row + 1 - truth]!);
