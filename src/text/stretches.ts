import { UserError } from '../errors.ts';
import type { SentenceShard } from './corpus.ts';

/** Some sentences of one document, one after another: what a pair is cut from. */
export interface Stretch {
  /** Number of its first sentence, counted over the shard. */
  readonly first: number;
  /** First tokens of its sentences and, last, where its last sentence ends. */
  readonly starts: readonly number[];
}

/** The stretches of a shard, document by document. */
export interface Stretches {
  readonly count: number;
  /** Throws a RangeError where there is no stretch `index`. */
  stretch(index: number): Stretch;
  /**
   * Sentences of the document of stretch `index`, from `first` on until they have so many tokens. Where the document
   * ends too soon, sentences before `first` join them as far as they are needed and there.
   */
  around(index: number, first: number, tokens: number): Stretch;
  /** The stretches of the document that stretch `index` is of: from one number up to another, which is not. */
  document(index: number): readonly [from: number, to: number];
}

/** A pair is made of two sentences at least. */
const FEWEST = 2;

const known = new WeakMap<SentenceShard, Map<number, Stretches>>();

/**
 * Cuts every document of two sentences and more into stretches of whole sentences, each of `room` tokens or just over.
 * The last one of a document reaches back into the one before it where what is left is too little; a document that is
 * shorter than `room` is one stretch. Found once for each room. Throws a UserError where fewer than two documents have
 * any: then no sentence is of another one.
 */
export function stretchesOf(shard: SentenceShard, room: number): Stretches {
  const own = known.get(shard) ?? new Map<number, Stretches>();
  known.set(shard, own);
  const found = own.get(room) ?? findStretches(shard, room);
  own.set(room, found);
  return found;
}

/** Stretches as numbers: their first sentences, and for each document where it ends and which of them is its first. */
interface Table {
  readonly firsts: number[];
  readonly documentOf: number[];
  readonly ends: number[];
  readonly begins: number[];
}

function findStretches(shard: SentenceShard, room: number): Stretches {
  const table: Table = { firsts: [], documentOf: [], ends: [], begins: [] };
  for (const { first, starts } of documentsOf(shard)) {
    if (starts.length <= FEWEST) continue;
    table.begins.push(table.firsts.length);
    for (const sentence of cut(starts, room)) {
      table.firsts.push(first + sentence);
      table.documentOf.push(table.ends.length);
    }
    table.ends.push(first + starts.length - 1);
  }
  if (table.ends.length >= FEWEST) return readStretches(shard, room, table);
  throw new UserError(
    `Sentence pairs need two documents of two sentences or more in a shard, got ${table.ends.length}.`,
    'Take more text, with a blank line between documents in a .txt file, or leave data.pairs out.',
  );
}

function readStretches(shard: SentenceShard, room: number, { firsts, documentOf, ends, begins }: Table): Stretches {
  const at = (index: number) => ({ first: firsts[index]!, document: documentOf[index]! });
  const forward = (first: number, end: number, tokens: number, fewest: number): Stretch => {
    // Every sentence has a token, so that no more of them can be needed.
    const starts = startsOf(shard, first, Math.min(end, first + Math.max(fewest, tokens)));
    return { first, starts: starts.slice(0, endOf(starts, 0, tokens, fewest) + 1) };
  };
  return {
    count: firsts.length,
    stretch(index) {
      const { first, document } = at(index);
      const end = ends[document]!;
      const isLast = documentOf[index + 1] !== document;
      return isLast ? { first, starts: startsOf(shard, first, end) } : forward(first, end, room, FEWEST);
    },
    around(index, first, tokens) {
      const { document } = at(index);
      const ahead = forward(first, ends[document]!, tokens, 1);
      if (tokensIn(ahead.starts) >= tokens) return ahead;
      const earliest = Math.max(firsts[begins[document]!]!, ends[document]! - tokens);
      const starts = startsOf(shard, earliest, ends[document]!);
      const from = Math.min(first - earliest, startBefore(starts, tokens, 1));
      return { first: earliest + from, starts: starts.slice(from) };
    },
    document(index) {
      const { document } = at(index);
      return [begins[document]!, begins[document + 1] ?? firsts.length];
    },
  };
}

/** First tokens of the sentences first..end of one document, and where the last one ends: before [SEP] or the next. */
function startsOf(shard: SentenceShard, first: number, end: number): number[] {
  const { sentences } = shard;
  const starts = sentences.read(first, end - first).map(({ start }) => start);
  const next = end < sentences.count ? sentences.read(end, 1)[0]! : { start: shard.length, opens: true };
  return [...starts, next.opens ? next.start - 1 : next.start];
}

/** Sentences read at a time. */
const AT_ONCE = 1 << 14;

function* documentsOf(shard: SentenceShard): Generator<Stretch> {
  const { sentences } = shard;
  let first = 0;
  let starts: number[] = [];
  for (let from = 0; from < sentences.count; from += AT_ONCE) {
    const read = sentences.read(from, Math.min(AT_ONCE, sentences.count - from));
    for (const [index, { start, opens }] of read.entries()) {
      if (opens && starts.length > 0) {
        yield { first, starts: [...starts, start - 1] };
        first = from + index;
        starts = [];
      }
      starts.push(start);
    }
  }
  if (starts.length > 0) yield { first, starts: [...starts, shard.length - 1] };
}

const tokensIn = (starts: readonly number[]): number => starts.at(-1)! - starts[0]!;

/** The sentences of a document that its stretches begin with. */
function cut(starts: readonly number[], room: number): number[] {
  const last = starts.length - 1;
  const firsts: number[] = [];
  for (let first = 0; first < last; first = endOf(starts, first, room, FEWEST)) {
    const isShort = starts[last]! - starts[first]! < room || last - first < FEWEST;
    firsts.push(isShort ? Math.min(first, startBefore(starts, room, FEWEST)) : first);
    if (isShort) break;
  }
  return firsts;
}

/** Where a stretch that begins with sentence `first` ends: once it has `fewest` sentences and `tokens` tokens, or at the end. */
function endOf(starts: readonly number[], first: number, tokens: number, fewest: number): number {
  let end = Math.min(first + fewest, starts.length - 1);
  while (end < starts.length - 1 && starts[end]! - starts[first]! < tokens) end += 1;
  return end;
}

/** The last sentence with which a stretch to the end can begin that has as many sentences and tokens; else the first. */
function startBefore(starts: readonly number[], tokens: number, fewest: number): number {
  const last = starts.length - 1;
  let first = Math.max(0, last - fewest);
  while (first > 0 && starts[last]! - starts[first]! < tokens) first -= 1;
  return first;
}
