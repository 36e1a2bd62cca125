import { stat } from 'node:fs/promises';
import { UserError } from '../errors.ts';
import { writeWhole } from '../run/files.ts';
import type { VocabularyTrainer } from '../run/vocabulary-training.ts';
import { openCorpus } from './corpora/index.ts';
import { checkFile } from './corpora/lines.ts';
import { countWords } from './count-words.ts';
import { CONTINUES, learnPieces, type WordCounts } from './learn-pieces.ts';
import { SPECIAL_TOKENS } from './vocabulary.ts';

/** Of all characters the most frequent ones; the others are unknown. */
const MOST_CHARACTERS = 1000;

/**
 * Trains a WordPiece vocabulary: BERT's special tokens, the characters (printable ASCII always, so that any plain word
 * can be spelled), then what is learned of the text. The same text gives the same file. Throws a UserError for a corpus
 * that cannot be used, a size that has no room for the characters, and a file that cannot be written.
 */
export const trainVocabulary: VocabularyTrainer = async ({ corpora, size, cased, out, signal, onEvent }) => {
  const sources = corpora.map(openCorpus);
  const files = sources.flatMap((source) => source.files());
  for (const path of files) await checkFile(path);
  const sizes = await Promise.all(files.map((path) => stat(path)));
  const of = sizes.reduce((sum, file) => sum + file.size, 0);
  let read = 0;
  const onBytes = (bytes: number) => {
    read += bytes;
    onEvent({ type: 'read', done: Math.min(of, Math.round(read)), of });
  };
  const counts = await countWords(sources, cased, onBytes, signal);
  const given = [...SPECIAL_TOKENS, ...alphabet(counts, cased)];
  if (size < given.length) {
    throw new UserError(
      `--size must be at least ${given.length}, got ${size}: the special tokens and the characters of this text alone are as many.`,
      'Ask for more entries: BERT has 30,522.',
    );
  }
  const onProgress = (done: number) => {
    onEvent({ type: 'learn', done, of: size });
  };
  const entries = await learnPieces(counts, { size, given, signal, onProgress });
  await writeWhole(out, `${entries.join('\n')}\n`).catch((error: unknown) => {
    throw error instanceof UserError ? new UserError(error.message, 'Choose another file with -o.') : error;
  });
  const words = [...counts.values()].reduce((sum, count) => sum + count, 0);
  return { entries: entries.length, words, different: counts.size };
};

/** The characters as first ones of words, then as later ones, each in the order of their code points. */
export function alphabet(counts: WordCounts, cased: boolean): string[] {
  const ascii = Array.from({ length: 94 }, (_, index) => String.fromCharCode(33 + index)).filter(
    (character) => cased || character === character.toLowerCase(),
  );
  const times = new Map<string, number>(ascii.map((character) => [character, Infinity]));
  const later = new Set(ascii.filter((character) => /[a-z0-9]/i.test(character)));
  for (const [word, count] of counts) {
    let isFirst = true;
    for (const character of word) {
      times.set(character, (times.get(character) ?? 0) + count);
      if (!isFirst) later.add(character);
      isFirst = false;
    }
  }
  const byCode = (a: string, b: string) => a.codePointAt(0)! - b.codePointAt(0)!;
  const kept = [...times]
    .sort(([a, timesA], [b, timesB]) => (timesA === timesB ? byCode(a, b) : timesB > timesA ? 1 : -1))
    .slice(0, MOST_CHARACTERS)
    .map(([character]) => character)
    .sort(byCode);
  return [...kept, ...kept.filter((character) => later.has(character)).map((character) => CONTINUES + character)];
}
