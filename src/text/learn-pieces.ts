import { setImmediate } from 'node:timers/promises';
import { pairQueue } from './pair-queue.ts';

/** How often each word of a text comes. */
export type WordCounts = ReadonlyMap<string, number>;

export interface LearningOptions {
  /** Entries, those that are given included. */
  readonly size: number;
  /** Pieces to begin with, in order: special tokens, and every character as the first of a word and as a later one. */
  readonly given: readonly string[];
  readonly signal?: AbortSignal;
  readonly onProgress?: (entries: number) => void;
}

export const CONTINUES = '##';
/** Pairs that come less often are not joined. */
const LEAST_COUNT = 2;
/** Ids are below this, so that a pair of them is a whole number that is exact. */
const ID_LIMIT = 1 << 24;
/** Work between two looks at the clock, and time between two at the signal. */
const STEPS = 4096;
const TURN_MS = 50;

/**
 * Learns WordPiece entries as they are learned in practice (the `tokenizers` library's WordPieceTrainer; Sennrich et
 * al. 2016, byte pair encoding): words are cut into characters, and the most frequent pair of neighbours is joined to a
 * new entry until there are `size` of them. Of equally frequent pairs the one of the lower ids comes first, so the
 * entries depend on nothing but the counts. Characters that are not given are left out of their words. Gives the
 * entries in the order of their ids; fewer where no pair comes twice any more. Throws `signal.reason` when stopped.
 */
export async function learnPieces(counts: WordCounts, options: LearningOptions): Promise<string[]> {
  const { size, given, signal, onProgress = () => undefined } = options;
  const entries = [...given];
  const ids = new Map(entries.map((entry, id) => [entry, id]));
  const turn = turns(signal, () => {
    onProgress(entries.length);
  });
  const words = [...counts].map(([word, count]) => ({ pieces: cut(word, ids), count }));
  const pairs = new Map<number, { count: number; words: number[] }>();
  const change = (key: number, by: number, word: number): void => {
    const own = pairs.get(key);
    if (own === undefined) pairs.set(key, { count: by, words: [word] });
    else {
      own.count += by;
      if (by > 0 && own.words.at(-1) !== word) own.words.push(word);
    }
  };
  for (const [word, { pieces, count }] of words.entries()) {
    for (let at = 0; at + 1 < pieces.length; at += 1) change(keyOf(pieces[at]!, pieces[at + 1]!), count, word);
    if (word % STEPS === 0) await turn();
  }
  const queue = pairQueue();
  for (const [key, { count }] of pairs) queue.push(key, count);
  while (entries.length < size) {
    const first = queue.pop();
    if (first === null || first.count < LEAST_COUNT) break;
    const pair = pairs.get(first.key)!;
    if (pair.count !== first.count) {
      queue.push(first.key, pair.count);
      continue;
    }
    const [left, right] = [Math.floor(first.key / ID_LIMIT), first.key % ID_LIMIT];
    const joined = entries[left]! + entries[right]!.slice(CONTINUES.length);
    const id = ids.get(joined) ?? entries.length;
    if (id === entries.length) entries.push(joined);
    ids.set(joined, id);
    const grown = new Set<number>();
    for (const [index, word] of new Set(pair.words).entries()) {
      const { pieces, count } = words[word]!;
      joinIn(pieces, left, right, id, (key, by) => {
        change(key, by * count, word);
        if (by > 0) grown.add(key);
      });
      if (index % STEPS === STEPS - 1) await turn();
    }
    pair.words.length = 0;
    for (const key of grown) queue.push(key, pairs.get(key)!.count);
    await turn();
  }
  onProgress(entries.length);
  return entries;
}

const keyOf = (left: number, right: number): number => left * ID_LIMIT + right;

/** A word's characters as ids, without those that have none. */
function cut(word: string, ids: ReadonlyMap<string, number>): number[] {
  const pieces: number[] = [];
  let isFirst = true;
  for (const character of word) {
    const id = ids.get(isFirst ? character : CONTINUES + character);
    if (id !== undefined) pieces.push(id);
    isFirst = false;
  }
  return pieces;
}

/** Joins a pair wherever it stands in a word, from the left, and tells which pairs come less and more often by that. */
function joinIn(
  pieces: number[],
  left: number,
  right: number,
  joined: number,
  change: (key: number, by: number) => void,
): void {
  let to = 0;
  for (let from = 0; from < pieces.length; from += 1, to += 1) {
    if (pieces[from] !== left || pieces[from + 1] !== right) {
      pieces[to] = pieces[from]!;
      continue;
    }
    const before = to > 0 ? pieces[to - 1] : undefined;
    const after = pieces[from + 2];
    if (before !== undefined) change(keyOf(before, left), -1);
    if (before !== undefined) change(keyOf(before, joined), 1);
    if (after !== undefined) change(keyOf(right, after), -1);
    if (after !== undefined) change(keyOf(joined, after), 1);
    pieces[to] = joined;
    from += 1;
  }
  pieces.length = to;
}

/** Lets the rest of the process have its turn now and then, and looks whether to stop. */
function turns(signal: AbortSignal | undefined, tell: () => void): () => Promise<void> | undefined {
  let last = performance.now();
  return () => {
    if (performance.now() - last < TURN_MS) return undefined;
    tell();
    return setImmediate().then(() => {
      signal?.throwIfAborted();
      last = performance.now();
    });
  };
}
