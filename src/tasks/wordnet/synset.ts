import type { SourceFiles } from '../task.ts';
import { parseGloss, type Gloss } from './gloss.ts';

/** Parts of speech as the data files abbreviate them: noun, verb, adjective, satellite adjective, adverb. */
export type PartOfSpeech = 'n' | 'v' | 'a' | 's' | 'r';

/** A set of synonyms with its gloss: one line of a WordNet data file. */
export interface Synset extends Gloss {
  /** Part of speech and offset, as pointers name it: unique in the database. */
  readonly id: string;
  readonly partOfSpeech: PartOfSpeech;
  /** Number of the lexicographer file, 0 to 44. */
  readonly file: number;
  /** Synonyms, most frequent first, with spaces for underscores. */
  readonly words: readonly string[];
  /** The line up to the gloss, as pointersOf reads it: most readers never ask, and there are 378,000 pointers. */
  readonly head: string;
}

/** A relation to another synset: `!` antonym, `@` hypernym, `~` hyponym and so on (WordNet's wninput(5WN)). */
export interface Pointer {
  readonly symbol: string;
  readonly target: string;
}

/** Reads one line by the format of WordNet's wndb(5WN); null for the licence's lines, which begin with a space. */
export function parseSynset(line: string): Synset | null {
  if (line.startsWith(' ') || line === '') return null;
  const bar = line.indexOf('|');
  const [offset, file, partOfSpeech, wordCount] = line.split(' ', WORDS_AT);
  const fields = line.split(' ', WORDS_AT + 2 * Number.parseInt(wordCount!, 16));
  return {
    id: synsetId(partOfSpeech!, offset!),
    partOfSpeech: partOfSpeech as PartOfSpeech,
    file: Number(file),
    // Every word is followed by a number of its own.
    words: fields.slice(WORDS_AT).flatMap((field, index) => (index % 2 === 0 ? [plainWord(field)] : [])),
    head: line.slice(0, bar),
    ...parseGloss(line.slice(bar + 1).trim()),
  };
}

/** Fields before the words: offset, lexicographer file, part of speech, number of words. */
const WORDS_AT = 4;

/** The relations of a synset, in the data file's order. */
export function pointersOf({ head, words }: Synset): Pointer[] {
  const [count, ...fields] = head.split(' ').slice(WORDS_AT + 2 * words.length);
  return Array.from({ length: Number(count) }, (_, index) => {
    const [symbol, offset, partOfSpeech] = fields.slice(4 * index);
    return { symbol: symbol!, target: synsetId(partOfSpeech!, offset!) };
  });
}

/** Satellites live in the adjectives' file, and pointers call them adjectives. */
const synsetId = (partOfSpeech: string, offset: string): string =>
  `${partOfSpeech === 's' ? 'a' : partOfSpeech}${offset}`;

/** Adjectives carry a mark of where they may stand: "galore(ip)". */
const plainWord = (word: string): string => word.replace(/\((?:a|p|ip)\)$/, '').replaceAll('_', ' ');

const parsed = new WeakMap<SourceFiles, Map<string, readonly Synset[]>>();

/** The synsets of one data file in file order, parsed once per set of files. Throws if the file was not handed in. */
export function synsetsOf(files: SourceFiles, name: string): readonly Synset[] {
  const known = parsed.get(files) ?? new Map<string, readonly Synset[]>();
  parsed.set(files, known);
  const before = known.get(name);
  if (before !== undefined) return before;
  const text = files.get(name);
  if (text === undefined) throw new Error(`the task's files do not hold ${name}`);
  const synsets = text
    .split('\n')
    .map(parseSynset)
    .filter((synset) => synset !== null);
  known.set(name, synsets);
  return synsets;
}
