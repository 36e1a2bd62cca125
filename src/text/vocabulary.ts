import { readFileSync } from 'node:fs';
import { inspectCheckpoint } from '../checkpoint/read.ts';
import { usableVocabulary } from '../checkpoint/vocabulary.ts';
import { VOCABULARY_SIZES } from '../run/corpora.ts';
import type { Settings } from '../run/spec.ts';

/** Special tokens stand first in every vocabulary, in this order. */
export const SPECIAL_TOKENS = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]'] as const;
export const PAD = 0;
export const UNK = 1;
export const CLS = 2;
export const SEP = 3;
export const MASK = 4;
/** The first id that stands for text. */
export const FIRST_WORDPIECE = SPECIAL_TOKENS.length;

/** Ids of the special tokens in some vocabulary. */
export interface SpecialIds {
  readonly pad: number;
  readonly unk: number;
  readonly cls: number;
  readonly sep: number;
  readonly mask: number;
}

/** The special tokens' ids in the shipped vocabulary. */
export const SHIPPED_IDS: SpecialIds = { pad: PAD, unk: UNK, cls: CLS, sep: SEP, mask: MASK };

/** The special tokens' ids in a vocabulary, or the name of one that it lacks. */
export function specialIds(vocabulary: readonly string[]): SpecialIds | string {
  const [pad, unk, cls, sep, mask] = SPECIAL_TOKENS.map((token) => vocabulary.indexOf(token));
  const lacking = SPECIAL_TOKENS.find((token) => !vocabulary.includes(token));
  return lacking ?? { pad: pad!, unk: unk!, cls: cls!, sep: sep!, mask: mask! };
}

/** How text becomes ids: the entries by id, and whether text is lowercased and loses its accents first. */
export interface Vocabulary {
  readonly entries: readonly string[];
  readonly lowercase: boolean;
}

/**
 * The vocabulary of a cell's pre-training text and tasks: that of the checkpoint that it starts from, else the shipped
 * one. Throws a UserError where the checkpoint has none, or one without BERT's special tokens.
 */
export async function vocabularyOf({ model, data }: Pick<Settings, 'model' | 'data'>): Promise<Vocabulary> {
  const { checkpoint } = model.init;
  return checkpoint === undefined
    ? { entries: loadVocabulary(data.vocab), lowercase: true }
    : checkpointVocabulary(checkpoint);
}

const checkpointVocabulary = async (folder: string): Promise<Vocabulary> =>
  usableVocabulary(folder, await inspectCheckpoint(folder));

const LIST = new URL('../../assets/vocabulary.txt', import.meta.url);

/**
 * The first `size` entries of the shipped vocabulary. The list is in the order in which the entries were learned
 * (special tokens, alphabet, merges), so every beginning of it is the vocabulary that training to that size gives.
 * Throws a RangeError outside VOCABULARY_SIZES.
 */
export function loadVocabulary(size: number): readonly string[] {
  if (!Number.isInteger(size) || size < VOCABULARY_SIZES.minimum || size > VOCABULARY_SIZES.maximum) {
    throw new RangeError(
      `a vocabulary has ${VOCABULARY_SIZES.minimum} to ${VOCABULARY_SIZES.maximum} entries, got ${size}`,
    );
  }
  return readFileSync(LIST, 'utf8').split('\n').slice(0, size);
}
