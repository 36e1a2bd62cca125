import { textKey } from '../tasks/split.ts';
import { holdsPerhaps } from './held-out-hashes.ts';

/** From this many words on, a held-out text is recognized inside longer sentences too. */
const WORDS = 5;

/**
 * Tells whether a sentence holds one of the texts (given by their textKey): texts of five words and more anywhere in
 * it, shorter ones ("a small boat") only where they are all of it, because they give nothing away elsewhere.
 */
export function heldOutText(keys: ReadonlySet<string>): (sentence: string) => boolean {
  const byStart = new Map<string, string[]>();
  for (const key of keys) {
    const start = wordsAt(key, 0);
    if (start !== null) byStart.set(start, [...(byStart.get(start) ?? []), key]);
  }
  const mayHold = holdsPerhaps(keys);
  return (sentence) => {
    if (!mayHold(sentence)) return false;
    const key = textKey(sentence);
    if (keys.has(key)) return true;
    for (let at = 0; at !== -1; at = nextWord(key, at)) {
      const start = wordsAt(key, at);
      if (start === null) return false;
      if (byStart.get(start)?.some((text) => standsAt(key, text, at)) === true) return true;
    }
    return false;
  };
}

/** The five words of a key from position `at` on; null where fewer are left. */
function wordsAt(key: string, at: number): string | null {
  let end = at - 1;
  for (let word = 0; word < WORDS; word += 1) {
    if (end === key.length) return null;
    const space = key.indexOf(' ', end + 1);
    end = space === -1 ? key.length : space;
  }
  return key.slice(at, end);
}

const nextWord = (key: string, at: number): number => {
  const space = key.indexOf(' ', at);
  return space === -1 ? -1 : space + 1;
};

const standsAt = (key: string, text: string, at: number): boolean =>
  key.startsWith(text, at) && (key.length === at + text.length || key[at + text.length] === ' ');
