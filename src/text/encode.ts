import type { SpanExample } from '../tasks/task.ts';
import type { Offset, TokenizedText, Tokenizer } from './tokenizer.ts';
import type { SpecialIds } from './vocabulary.ts';

/** One or two texts, as classification and regression examples have them. */
export interface TextPair {
  readonly text: string;
  readonly pair?: string;
}

/** Sequences of [CLS] text [SEP] or [CLS] text [SEP] pair [SEP], padded to `length`. All arrays are [count * length]. */
export interface EncodedPairs {
  readonly count: number;
  readonly length: number;
  readonly ids: Int32Array;
  /** 0 for [CLS], the first text and its [SEP], and for padding; 1 for the pair and its [SEP]. */
  readonly segments: Int32Array;
  /** 1 for tokens, 0 for padding. */
  readonly mask: Int32Array;
  /** How many sequences lost tokens to `length`. */
  readonly cut: number;
}

/** Questions (segment 0) with passages (segment 1) and where the answers are. */
export interface EncodedSpans extends EncodedPairs {
  /** [count] first token of the answer as a position in the sequence; -1 where the answer was cut off. */
  readonly starts: Int32Array;
  /** [count] last token of the answer, itself included; -1 where the answer was cut off. */
  readonly ends: Int32Array;
  /** Examples whose answer was cut off: nothing to train on, and scored like any other. */
  readonly answerCut: readonly number[];
  /** [count * length] 1 where a predicted answer may start or end: the passage's tokens. */
  readonly passage: Int32Array;
  /** The passage's text from token `start` to token `end` (positions in the sequence); empty outside the passage. */
  answer(example: number, start: number, end: number): string;
}

/** Encodes texts to sequences of `length` tokens; the longer of two texts loses its end first. */
export async function encodePairs(
  tokenizer: Tokenizer,
  examples: readonly TextPair[],
  length: number,
): Promise<EncodedPairs> {
  const texts = await tokenizer.ids(examples.map(({ text }) => text));
  const pairs = await tokenizer.ids(examples.map(({ pair }) => pair ?? ''));
  const sheet = newSheet(examples.length, length, tokenizer.special);
  for (const [row, { pair }] of examples.entries()) {
    writeRow(sheet, row, texts[row]!, pair === undefined ? undefined : pairs[row]!);
  }
  return sheet;
}

/** Encodes span examples like encodePairs, with the answers as token positions and the way back to text. */
export async function encodeSpans(
  tokenizer: Tokenizer,
  examples: readonly SpanExample[],
  length: number,
): Promise<EncodedSpans> {
  const questions = await tokenizer.ids(examples.map(({ question }) => question));
  const passages = await tokenizer.encode(examples.map(({ passage }) => passage));
  const sheet = newSheet(examples.length, length, tokenizer.special);
  const starts = new Int32Array(examples.length).fill(-1);
  const ends = new Int32Array(examples.length).fill(-1);
  const passage = new Int32Array(examples.length * length);
  const rows: PassageRow[] = [];
  for (const [row, example] of examples.entries()) {
    const { ids, offsets } = passages[row]!;
    const { first, kept } = writeRow(sheet, row, questions[row]!, ids);
    passage.fill(1, row * length + first, row * length + first + kept);
    rows.push({ text: example.passage, first, offsets: offsets.slice(0, kept) });
    const tokens = tokensOf(passages[row]!, example);
    if (tokens === null || tokens.last >= kept) continue;
    starts[row] = first + tokens.first;
    ends[row] = first + tokens.last;
  }
  const answerCut = [...starts.keys()].filter((row) => starts[row] === -1);
  return { ...sheet, starts, ends, answerCut, passage, answer: (row, from, to) => textOf(rows[row]!, from, to) };
}

/** Tokens of a passage in a sequence, and the way back to its text. */
export interface PassageRow {
  readonly text: string;
  /** Where the passage's first token stands in the sequence. */
  readonly first: number;
  readonly offsets: readonly Offset[];
}

/** The text from token `from` to token `to` (positions in the sequence); empty outside the passage. */
export function textOf({ text, first, offsets }: PassageRow, from: number, to: number): string {
  const start = offsets[from - first];
  const end = offsets[to - first];
  return start === undefined || end === undefined || from > to ? '' : text.slice(start[0], end[1]);
}

/** The tokens that overlap the answer; null where the answer holds none (only spaces, say). */
export function tokensOf(
  { offsets }: TokenizedText,
  { start, end }: SpanExample,
): { first: number; last: number } | null {
  const first = offsets.findIndex((offset) => offset[1] > start);
  const last = offsets.findLastIndex((offset) => offset[0] < end);
  return first === -1 || last < first ? null : { first, last };
}

export interface Sheet extends EncodedPairs {
  readonly special: SpecialIds;
  cut: number;
}

/** Empty sequences. */
export function newSheet(count: number, length: number, special: SpecialIds): Sheet {
  if (length < 4) throw new RangeError(`a pair needs at least 4 tokens, [CLS] and two [SEP] included; got ${length}`);
  const size = count * length;
  return {
    count,
    length,
    special,
    ids: new Int32Array(size).fill(special.pad),
    segments: new Int32Array(size),
    mask: new Int32Array(size),
    cut: 0,
  };
}

/** Writes one sequence; says where the pair starts in it and how many of the pair's tokens were kept. */
export function writeRow(sheet: Sheet, row: number, text: Int32Array, pair: Int32Array | undefined) {
  const { length, ids, segments, mask, special } = sheet;
  const room = length - (pair === undefined ? 2 : 3);
  const [keptText, kept] = longestFirst(text.length, pair?.length ?? 0, room);
  if (keptText < text.length || kept < (pair?.length ?? 0)) sheet.cut += 1;
  const at = row * length;
  const first = keptText + 2;
  ids[at] = special.cls;
  ids.set(text.subarray(0, keptText), at + 1);
  ids[at + first - 1] = special.sep;
  let used = first;
  if (pair !== undefined) {
    ids.set(pair.subarray(0, kept), at + first);
    ids[at + first + kept] = special.sep;
    used = first + kept + 1;
    segments.fill(1, at + first, at + used);
  }
  mask.fill(1, at, at + used);
  return { first, kept };
}

/**
 * How much of two texts is kept when tokens are taken from the end of the longer (of the pair, when they are equal),
 * one by one, until both fit.
 */
function longestFirst(text: number, pair: number, room: number): [text: number, pair: number] {
  if (text + pair <= room) return [text, pair];
  const half = Math.floor(room / 2);
  if (pair <= half) return [room - pair, pair];
  return text <= room - half ? [text, room - text] : [room - half, half];
}
