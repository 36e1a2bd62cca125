import type { ModelShape } from '../growth/layout.ts';

/** A parameter's numbers, row-major. */
export interface CheckpointTensor {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** Parameters by our names (growth/layout.ts), kernels as [input, output]. */
export type CheckpointParameters = ReadonlyMap<string, CheckpointTensor>;

/** The files beside the weights that say how text becomes ids: text by file name. */
export type TokenizerFiles = ReadonlyMap<string, string>;

/** The WordPiece vocabulary that a checkpoint's ids belong to. */
export interface CheckpointVocabulary {
  /** Entry by id; may be shorter than the token table, which some models pad. */
  readonly entries: readonly string[];
  readonly lowercase: boolean;
}

/** A model as a Hugging Face folder holds it. */
export interface Checkpoint {
  readonly shape: ModelShape;
  /** Every parameter of `layout(shape)`, apart from those in `missing`. */
  readonly parameters: CheckpointParameters;
  readonly dropout: number;
  /** Null where the folder has no vocabulary. */
  readonly vocabulary: CheckpointVocabulary | null;
  readonly tokenizer: TokenizerFiles;
  /** Our names of what the folder lacks: nothing, or the whole masked-LM head. */
  readonly missing: readonly string[];
  /** The file's tensors that growbench has no place for: another head. */
  readonly leftOut: readonly string[];
  /** The pooler that no next-sentence head reads, by the names it has with one; empty where the folder has none. */
  readonly pooler: CheckpointParameters;
}

/** What a folder holds, without the numbers. */
export interface CheckpointSummary extends Omit<Checkpoint, 'parameters' | 'pooler'> {
  /** Whether there is a pooler, with a next-sentence head or without. */
  readonly hasPooler: boolean;
}

/** The files of a checkpoint's folder. */
export const FILES = {
  config: 'config.json',
  weights: 'model.safetensors',
  vocabulary: 'vocab.txt',
  tokenizer: 'tokenizer.json',
  tokenizerConfig: 'tokenizer_config.json',
  specialTokens: 'special_tokens_map.json',
} as const;
