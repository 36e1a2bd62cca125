import { bertNormalizer, bertPreTokenizer } from '@anush008/tokenizers';
import type { Corpus } from './corpora/corpus.ts';
import type { WordCounts } from './learn-pieces.ts';
import { wordNumbers } from './word-numbers.ts';

/** Words as they are written are counted by number, then by what becomes of them; so many are kept at a time. */
const WRITTEN_WORDS = 1 << 19;

/**
 * Counts the words that BERT's tokenization makes of the corpora before it looks into any vocabulary: cleaned, in lower
 * case and without accents unless `cased`, cut at spaces, punctuation and CJK characters. `onBytes` is told how much of
 * the files was read. Throws a UserError for a corpus that cannot be used, and `signal.reason` when stopped.
 */
export async function countWords(
  corpora: readonly Corpus[],
  cased: boolean,
  onBytes: (bytes: number) => void,
  signal?: AbortSignal,
): Promise<WordCounts> {
  const counts = new Map<string, number>();
  const wordsIn = wordsOf(cased);
  let numbers = wordNumbers();
  let written: string[] = [];
  let times = new Float64Array(2 * WRITTEN_WORDS);
  const settle = (): void => {
    for (const [number, word] of written.entries()) {
      for (const own of wordsIn(word)) counts.set(own, (counts.get(own) ?? 0) + times[number]!);
    }
    numbers = wordNumbers();
    written = [];
    times.fill(0);
  };
  for (const corpus of corpora) {
    for await (const { passages, bytes } of corpus.documents()) {
      signal?.throwIfAborted();
      for (const sentence of passages.flat()) {
        const words = numbers.of(sentence, written);
        if (numbers.size > times.length) {
          const longer = new Float64Array(2 * numbers.size);
          longer.set(times);
          times = longer;
        }
        for (const word of words) times[word]! += 1;
      }
      onBytes(bytes);
      if (numbers.size > WRITTEN_WORDS) settle();
    }
  }
  settle();
  return counts;
}

/** What becomes of a word; most are plain and need no library. */
function wordsOf(cased: boolean): (word: string) => readonly string[] {
  const normalizer = bertNormalizer({ lowercase: !cased, stripAccents: !cased });
  const splitter = bertPreTokenizer();
  return (word) => {
    if (/^[A-Za-z0-9]+$/.test(word)) return [cased ? word : word.toLowerCase()];
    if (/^[!-~]$/.test(word)) return [word];
    return splitter.preTokenizeString(normalizer.normalizeString(word)).map(([own]) => own);
  };
}
