/** A word as it stands in a sentence: sentence.slice(start, end), in UTF-16 code units. */
export interface Occurrence {
  readonly start: number;
  readonly end: number;
}

const LETTER_OR_HYPHEN = /[\p{L}\p{N}-]/u;
/** What may follow a word: an ending of regular inflection (irregular forms are not found), then no letter. */
const REST_OF_WORD = /(?:s|es|d|ed|ing)?(?![\p{L}\p{N}-])/uy;

/** The first place where a sentence uses a word, bare or regularly inflected; null where it does not. */
export function findUse(sentence: string, word: string): Occurrence | null {
  const text = sentence.toLowerCase();
  const wanted = word.toLowerCase();
  for (let start = text.indexOf(wanted); start !== -1; start = text.indexOf(wanted, start + 1)) {
    if (start > 0 && LETTER_OR_HYPHEN.test(text[start - 1]!)) continue;
    REST_OF_WORD.lastIndex = start + wanted.length;
    const rest = REST_OF_WORD.exec(text);
    if (rest !== null) return { start, end: start + wanted.length + rest[0].length };
  }
  return null;
}

/** Dictionary sentences come without a full stop; texts made of several need one. */
export const withFullStop = (sentence: string): string => (/[.!?]['")]*$/.test(sentence) ? sentence : `${sentence}.`);
