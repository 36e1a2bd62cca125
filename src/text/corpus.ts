import type { SentenceIndex } from './sentence-index.ts';
import type { SpecialIds } from './vocabulary.ts';

/** A corpus as token ids on disk, ready to draw batches from. */
export interface PreparedCorpus {
  /** Of everything that decides the tokens: sources, vocabulary, held-out text, tokenizer version. */
  readonly digest: string;
  readonly vocab: number;
  readonly special: SpecialIds;
  readonly train: TokenShard;
  readonly validation: TokenShard;
}

/** Token ids in a file, read on demand: a corpus need not fit in memory. */
export interface TokenShard {
  /** Tokens in the shard. */
  readonly length: number;
  /** Tokens start..start+count. Throws a RangeError outside the shard. */
  read(start: number, count: number): Int32Array;
  /** Only of a corpus that was prepared for sentence pairs. */
  readonly sentences?: SentenceIndex;
}

/** A shard of a corpus that was prepared for sentence pairs. */
export type SentenceShard = TokenShard & { readonly sentences: SentenceIndex };

/** One masked-LM batch: sequences of [CLS] tokens [SEP], no padding. */
export interface MaskedBatch {
  /** [batch * length] token ids after masking. */
  readonly ids: Int32Array;
  /** [batch * masked] positions within the sequence; those that are masked ascend. */
  readonly positions: Int32Array;
  /** [batch * masked] the original ids at those positions. */
  readonly labels: Int32Array;
}

/**
 * One batch of sentence pairs (Devlin et al. 2019): sequences of [CLS] A [SEP] B [SEP], padded at their ends. A short
 * sequence has fewer masked tokens than the shape says; its places that are left over stand at padding and weigh nothing.
 */
export interface PairBatch extends MaskedBatch {
  /** [batch * length] 1 for B and its [SEP], 0 for what stands before it and for padding. */
  readonly segments: Int32Array;
  /** [batch * length] 1 for tokens, 0 for padding. */
  readonly mask: Int32Array;
  /** [batch * masked] 1 for masked tokens, 0 for places that are left over. */
  readonly weights: Float32Array;
  /** [batch] 0 where B is what follows A, 1 where it is of another document. */
  readonly continuations: Int32Array;
}
