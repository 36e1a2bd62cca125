import type { SpecialIds } from './vocabulary.ts';

/** A corpus as token ids on disk, ready to draw batches from. */
export interface PreparedCorpus {
  /** Of everything that decides the tokens: sources, vocabulary, held-out text, tokenizer version. */
  readonly digest: string;
  /** Entries of the vocabulary: a model may have more rows in its token table. */
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
}

/** One masked-LM batch: sequences of [CLS] tokens [SEP], no padding. */
export interface MaskedBatch {
  /** [batch * length] token ids after masking. */
  readonly ids: Int32Array;
  /** [batch * masked] positions within the sequence, ascending per sequence. */
  readonly positions: Int32Array;
  /** [batch * masked] the original ids at those positions. */
  readonly labels: Int32Array;
}
