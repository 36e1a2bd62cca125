import { bertNormalizer, bertPreTokenizer, Tokenizer as Library, WordPiece, type Encoding } from '@anush008/tokenizers';
import { shippedVocabulary, specialIds, type SpecialIds, type Vocabulary } from './vocabulary.ts';
import { wordNumbers, type WordNumbers } from './word-numbers.ts';

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
  /** Whether text is lowercased and loses its accents first. */
  readonly lowercase: boolean;
  readonly special: SpecialIds;
  /** Ids alone, for bulk work: one array per text, in order. */
  ids(texts: readonly string[]): Promise<Int32Array[]>;
  /** Ids and where in the text each token stands: one result per text, in order. */
  encode(texts: readonly string[]): Promise<TokenizedText[]>;
}

/** Words remembered with their ids, and their code units in all: some 50 MB. */
const REMEMBERED = { words: 1 << 18, units: 1 << 22 };

/** Longer words become [UNK], as in BERT. */
const LONGEST_WORD = 100;

/**
 * A tokenizer for a vocabulary, or for that many entries of the shipped one. Throws a RangeError for a size that the
 * shipped vocabulary does not have.
 */
export function openTokenizer(vocabulary: Vocabulary | number): Tokenizer {
  const { entries, lowercase } = typeof vocabulary === 'number' ? shippedVocabulary(vocabulary) : vocabulary;
  return wordPieceTokenizer(entries, lowercase);
}

/**
 * BERT's tokenizer for a vocabulary that has BERT's special tokens: cleaned text (lowercased and without accents if `lowercase`), CJK
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
    vocabulary,
    lowercase,
    special,
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
 * Encodes text word by word, new words only: nothing in BERT's tokenization looks across the places where words are
 * cut, and text repeats its words. Calls take turns, so that none meets a word whose ids another still waits for.
 */
function wordByWord(encode: (words: readonly string[]) => Promise<readonly number[][]>): Tokenizer['ids'] {
  let memory = newMemory();
  let turn: Promise<unknown> = Promise.resolve();
  const ids = async (texts: readonly string[]): Promise<Int32Array[]> => {
    if (memory.numbers.size > REMEMBERED.words || memory.units > REMEMBERED.units) memory = newMemory();
    const fresh: string[] = [];
    const numbers = texts.map((text) => memory.numbers.of(text, fresh));
    for (const [index, own] of (await encode(fresh)).entries()) remember(memory, own, fresh[index]!.length);
    return numbers.map((words) => idsOf(memory, words));
  };
  return (texts) => {
    const result = turn.then(() => ids(texts));
    // After a failure words have numbers and no ids.
    turn = result.catch(() => {
      memory = newMemory();
    });
    return result;
  };
}

interface Memory {
  readonly numbers: WordNumbers;
  /** Ids of all words, one after another, and where those of a word begin, by its number. */
  ids: Int32Array;
  readonly starts: number[];
  units: number;
}

const newMemory = (): Memory => ({ numbers: wordNumbers(), ids: new Int32Array(1 << 16), starts: [0], units: 0 });

function remember(memory: Memory, ids: readonly number[], units: number): void {
  const start = memory.starts.at(-1)!;
  const end = start + ids.length;
  if (end > memory.ids.length) {
    const longer = new Int32Array(2 * end);
    longer.set(memory.ids);
    memory.ids = longer;
  }
  memory.ids.set(ids, start);
  memory.starts.push(end);
  memory.units += units;
}

function idsOf({ ids: known, starts }: Memory, words: Int32Array): Int32Array {
  let length = 0;
  for (const word of words) length += starts[word + 1]! - starts[word]!;
  const ids = new Int32Array(length);
  let at = 0;
  for (const word of words) {
    const end = starts[word + 1]!;
    for (let from = starts[word]!; from < end; from += 1, at += 1) ids[at] = known[from]!;
  }
  return ids;
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
