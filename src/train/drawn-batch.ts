import type { Feeds } from '../engine/engine.ts';
import { maskedBatch, validationBatches } from '../text/batches.ts';
import type { PreparedCorpus, SentenceShard, TokenShard } from '../text/corpus.ts';
import { pairBatch, validationPairBatches } from '../text/pair-batches.ts';
import { batchFeeds, batchSize, isPaired, type BatchSettings } from './masked-batch.ts';
import { pairFeeds } from './pair-loss.ts';

/** Which training batch, and how long its sequences are. */
export interface BatchPlace {
  readonly length: number;
  readonly seed: number;
  readonly step: number;
}

/** A training batch of the corpus as a step is fed it: packed text, or sentence pairs where the settings say so. */
export function trainingFeeds(corpus: PreparedCorpus, settings: BatchSettings, place: BatchPlace): Feeds {
  const { length, seed, step } = place;
  const size = batchSize(settings, length);
  const shape = { ...size, vocab: corpus.vocab, special: corpus.special, seed, step };
  if (!isPaired(settings)) return batchFeeds(maskedBatch(corpus.train, shape), size);
  const batch = pairBatch(withSentences(corpus.train), shape);
  return { ...batchFeeds(batch, size), ...pairFeeds(batch) };
}

/** A batch to measure with. */
export interface ValidationBatch {
  readonly feeds: Feeds;
  /** [batch] 0 where the second text follows the first, else 1; null where there are no pairs. */
  readonly continuations: Int32Array | null;
}

/** `count` validation batches, or as many as the corpus has, of the kind that is trained on. */
export function drawValidation(
  corpus: PreparedCorpus,
  settings: BatchSettings,
  length: number,
  count: number,
): ValidationBatch[] {
  const size = batchSize(settings, length);
  const shape = { ...size, vocab: corpus.vocab, special: corpus.special, count };
  if (!isPaired(settings)) {
    const batches = validationBatches(corpus.validation, shape);
    return batches.map((batch) => ({ feeds: batchFeeds(batch, size), continuations: null }));
  }
  return validationPairBatches(withSentences(corpus.validation), shape).map((batch) => ({
    feeds: { ...batchFeeds(batch, size), ...pairFeeds(batch) },
    continuations: batch.continuations,
  }));
}

function withSentences(shard: TokenShard): SentenceShard {
  if (hasSentences(shard)) return shard;
  throw new Error('the corpus was prepared without its sentences');
}

const hasSentences = (shard: TokenShard): shard is SentenceShard => shard.sentences !== undefined;
