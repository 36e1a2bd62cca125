import { stat } from 'node:fs/promises';
import type { Checkpoint } from '../checkpoint/checkpoint.ts';
import { UserError } from '../errors.ts';
import type { Engine, HostTensors } from '../engine/engine.ts';
import type { ModelShape } from '../growth/layout.ts';
import { CORPUS_FILES, corpusFormat } from '../run/corpora.ts';
import { validationBatches } from '../text/batches.ts';
import { openCorpus } from '../text/corpora/index.ts';
import type { MaskedBatch } from '../text/corpus.ts';
import { validationText, wholeText } from '../text/measured-text.ts';
import { wordPieceTokenizer } from '../text/tokenizer.ts';
import { specialIds } from '../text/vocabulary.ts';
import { batchFeeds, batchSize, maskedLmEvaluation } from './masked-batch.ts';
import { scalarOutput } from './training-step.ts';
import { evaluationAt, VALIDATION_TOKENS } from './validation.ts';

/** How a checkpoint is measured: as pre-training masks, in batches that fit a small machine. */
const SETTINGS = { train: { batch: 16 }, data: { mask: 0.15 } } as const;

/** Text as batches, to be measured before and after a growth. */
export interface MeasuredText {
  readonly name: string;
  readonly length: number;
  readonly batches: readonly MaskedBatch[];
  /** Masked tokens in all batches. */
  readonly tokens: number;
}

/** Why a checkpoint's masked-LM loss cannot be measured, in words for people; null where it can. */
export function whyUnmeasurable({ missing, vocabulary }: Checkpoint): string | null {
  if (missing.length > 0) return 'the checkpoint has no masked-LM head';
  if (vocabulary === null) return 'the checkpoint has no vocabulary';
  const special = specialIds(vocabulary.entries);
  return typeof special === 'string' ? `the checkpoint's vocabulary has no ${special}` : null;
}

/**
 * A file's text (or the shipped corpora's validation text) in a checkpoint's own vocabulary, in sequences of the length
 * that it was trained on. Throws a UserError where the file cannot be used, and an Error for a checkpoint that cannot
 * be measured.
 */
export async function measuredText({ shape, vocabulary }: Checkpoint, file: string | null): Promise<MeasuredText> {
  const special = specialIds(vocabulary?.entries ?? []);
  if (vocabulary === null || typeof special === 'string') throw new Error('the checkpoint cannot be measured');
  if (file !== null) await checkText(file);
  const tokenizer = wordPieceTokenizer(vocabulary.entries, vocabulary.lowercase);
  const shard =
    file === null
      ? await validationText(tokenizer, special.sep)
      : await wholeText(tokenizer, special.sep, openCorpus(file));
  const { length } = shape;
  const size = batchSize(SETTINGS, length);
  const count = Math.ceil(VALIDATION_TOKENS.table / (length * size.batch));
  const batches = validationBatches(shard, { ...size, vocab: tokenizer.vocabulary.length, special, count });
  const name = file ?? 'validation text of wordnet and sotu';
  return { name, length, batches, tokens: batches.length * size.batch * size.masked };
}

async function checkText(file: string): Promise<void> {
  if (corpusFormat(file) === null) {
    throw new UserError(
      `--text must name a file that is ${CORPUS_FILES}, got "${file}".`,
      'Without --text, shipped text is taken.',
    );
  }
  const found = await stat(file).catch(() => null);
  if (found?.isFile() !== true) {
    throw new UserError(`--text: ${file} is not a file.`, 'Without --text, shipped text is taken.');
  }
}

/** Mean loss in nats per masked token. Rejects with the signal's reason when stopped. */
export async function lossOn(
  engine: Engine,
  shape: ModelShape,
  parameters: HostTensors,
  { length, batches }: MeasuredText,
  signal: AbortSignal,
): Promise<number> {
  const name = evaluationAt(length);
  const program = await engine.compile({ [name]: maskedLmEvaluation({ ...shape, length }, SETTINGS) }, parameters);
  try {
    let sum = 0;
    for (const batch of batches) {
      signal.throwIfAborted();
      sum += scalarOutput(await program.run(name, batchFeeds(batch, batchSize(SETTINGS, length))), 'loss');
    }
    return sum / batches.length;
  } finally {
    program.dispose();
  }
}
