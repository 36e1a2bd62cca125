import { bertNormalizer, bertPreTokenizer, Tokenizer as Library, WordPiece, type Encoding } from '@anush008/tokenizers';
import type { Settings } from '../run/spec.ts';
import { loadVocabulary, specialIds, vocabularyOf, type SpecialIds } from './vocabulary.ts';

/** A token's place in the text it came from: from `start` up to `end`, in UTF-16 code units like String.slice. */
export type Offset = readonly [start: number, end: number];

export interface TokenizedText {
  readonly ids: Int32Array;
  readonly offsets: readonly Offset[];
}

/** Text to WordPiece ids and back. Adds no special tokens, and text that spells one ("[SEP]") never becomes one. */
export interface Tokenizer {
  /** Entry by id. */
  readonly vocabulary: readonly string[];
  /** Whether text is lowercased, and loses its accents. */
  readonly lowercase: boolean;
  /** Ids of the tokens that frame, fill up and mask sequences. */
  readonly special: SpecialIds;
  /** Ids alone, for bulk work: one array per text, in order. */
  ids(texts: readonly string[]): Promise<Int32Array[]>;
  /** Ids and where in the text each token stands: one result per text, in order. */
  encode(texts: readonly string[]): Promise<TokenizedText[]>;
}

/** Spaces that cut words whatever stands around them; rarer kinds are left to the library. */
const SPACES = /[ \t\r\n]+/;
/** Words remembered with their ids: some 50 MB. */
const REMEMBERED_WORDS = 1 << 18;

/** Longer words become [UNK], as in BERT. */
const LONGEST_WORD = 100;

/**
 * A tokenizer for the first `vocab` entries of the shipped vocabulary: BERT's uncased normalization.
 * Throws a RangeError for a size that the shipped vocabulary does not have.
 */
export const shippedTokenizer = (vocab: number): Tokenizer => wordPieceTokenizer(loadVocabulary(vocab), true);

/** The tokenizer of a cell's pre-training text and tasks. Throws what vocabularyOf throws. */
export async function openTokenizer(settings: Pick<Settings, 'model' | 'data'>): Promise<Tokenizer> {
  const { entries, lowercase } = await vocabularyOf(settings);
  return wordPieceTokenizer(entries, lowercase);
}

/**
 * BERT's tokenizer for a vocabulary that has its special tokens (else it throws an Error): cleaned text (lowercased and without accents if `lowercase`), CJK
 * spaced out, split at spaces and punctuation, then greedy longest match.
 */
export function wordPieceTokenizer(vocabulary: readonly string[], lowercase: boolean): Tokenizer {
  const special = specialIds(vocabulary);
  if (typeof special === 'string') throw new Error(`the vocabulary has no ${special}`);
  const entries = Object.fromEntries(vocabulary.map((entry, id) => [entry, id]));
  const model = WordPiece.init(entries, {
    unkToken: '[UNK]',
    continuingSubwordPrefix: '##',
    maxInputCharsPerWord: LONGEST_WORD,
  });
  const library = new Library(model);
  library.setNormalizer(bertNormalizer({ lowercase, stripAccents: lowercase }));
  library.setPreTokenizer(bertPreTokenizer());
  const encodeAll = (texts: readonly string[]): Promise<Encoding[]> =>
    library.encodeBatch([...texts], { addSpecialTokens: false });
  return {
    ...{ vocabulary, lowercase, special },
    ids: wordByWord(async (texts) => (await encodeAll(texts)).map((encoding) => encoding.getIds())),
    async encode(texts) {
      const encodings = await encodeAll(texts);
      return encodings.map((encoding, index) => ({
        ids: Int32Array.from(encoding.getIds()),
        offsets: utf16Offsets(texts[index]!, encoding.getOffsets()),
      }));
    },
  };
}

/**
 * Encodes text word by word, new words only: nothing in BERT's tokenization looks across a space, and text repeats its
 * words. Four times as fast as handing over whole texts.
 */
function wordByWord(encode: (words: readonly string[]) => Promise<number[][]>): Tokenizer['ids'] {
  let memory = new Map<string, readonly number[]>();
  return async (texts) => {
    // Started anew, not emptied: a call that still waits keeps the words that it counted on.
    if (memory.size > REMEMBERED_WORDS) memory = new Map();
    const known = memory;
    const split = texts.map((text) => text.split(SPACES));
    const unknown = new Set<string>();
    for (const words of split) for (const word of words) if (!known.has(word)) unknown.add(word);
    const fresh = [...unknown];
    for (const [index, ids] of (await encode(fresh)).entries()) known.set(fresh[index]!, ids);
    return split.map((words) => {
      const ids: number[] = [];
      for (const word of words) ids.push(...known.get(word)!);
      return Int32Array.from(ids);
    });
  };
}

/** The library counts code points; JavaScript's strings count UTF-16 code units. */
function utf16Offsets(text: string, offsets: readonly (readonly number[])[]): Offset[] {
  const unit = codeUnitIndex(text);
  return offsets.map(([start, end]): Offset => [unit(start!), unit(end!)]);
}

function codeUnitIndex(text: string): (codePoint: number) => number {
  if (!/[\ud800-\udbff]/.test(text)) return (codePoint) => codePoint;
  const starts: number[] = [];
  let at = 0;
  for (const character of text) {
    starts.push(at);
    at += character.length;
  }
  return (codePoint) => starts[codePoint] ?? at;
}
