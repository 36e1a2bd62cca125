import { readFileSync } from 'node:fs';
import { VOCABULARY_SIZES } from '../run/corpora.ts';

/** Special tokens stand first in every vocabulary, in this order. */
export const SPECIAL_TOKENS = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]'] as const;
export const PAD = 0;
export const UNK = 1;
export const CLS = 2;
export const SEP = 3;
export const MASK = 4;
/** The first id that stands for text. */
export const FIRST_WORDPIECE = SPECIAL_TOKENS.length;

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
