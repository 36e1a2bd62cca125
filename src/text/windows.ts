import type { SpanExample } from '../tasks/task.ts';
import { newSheet, textOf, tokensOf, writeRow, type EncodedPairs, type PassageRow } from './encode.ts';
import type { TokenizedText, Tokenizer } from './tokenizer.ts';

/** Questions with parts of their passages: an example has as many sequences as it takes to see all of its passage. */
export interface EncodedWindows extends EncodedPairs {
  /** [count] the example that a sequence belongs to; those of one example follow one another. */
  readonly example: Int32Array;
  /** [count] first token of the answer as a position in the sequence; 0, which is [CLS], where it does not hold it all. */
  readonly starts: Int32Array;
  /** [count] last token of the answer, itself included; 0 like `starts`. */
  readonly ends: Int32Array;
  /** [count * length] 1 for the passage's tokens, and for [CLS]: "it does not say". */
  readonly passage: Int32Array;
  /** [count * length] 1 for the passage's tokens that no other window shows with more context. */
  readonly mostContext: Uint8Array;
  /** The passage's text from token `start` to token `end` (positions in sequence `row`). */
  answer(row: number, start: number, end: number): string;
}

/** BERT's bound for questions and its distance between the beginnings of two windows, of its 384 tokens. */
const LONGEST_QUESTION = 64;
const STEP_SHARE = 1 / 3;

interface Window {
  readonly example: number;
  /** First token of the passage that is in it, and how many are. */
  readonly from: number;
  readonly kept: number;
}

/**
 * Encodes span examples to overlapping windows of `length` tokens over their passages, as BERT reads SQuAD (Devlin et
 * al. 2019, and its released run_squad.py): a window begins a third of the length after the one before, which is 128
 * tokens of 384; questions lose what goes beyond 64 tokens, or a third of the length.
 */
export async function encodeWindows(
  tokenizer: Tokenizer,
  examples: readonly SpanExample[],
  length: number,
): Promise<EncodedWindows> {
  const step = Math.floor(length * STEP_SHARE);
  const asked = await tokenizer.ids(examples.map(({ question }) => question));
  const questions = asked.map((ids) => ids.subarray(0, Math.min(LONGEST_QUESTION, step)));
  const passages = await tokenizeOnce(tokenizer, examples);
  const windows = examples.flatMap(({ passage }, example) =>
    windowsOf(example, passages.get(passage)!.ids.length, length - 3 - questions[example]!.length, step),
  );
  const sheet = newSheet(windows.length, length, tokenizer.special);
  const [starts, ends] = [new Int32Array(windows.length), new Int32Array(windows.length)];
  const passage = new Int32Array(windows.length * length);
  const mostContext = new Uint8Array(windows.length * length);
  const rows: PassageRow[] = [];
  const shown = bestShown(windows);
  for (const [row, { example, from, kept }] of windows.entries()) {
    const { passage: text } = examples[example]!;
    const { ids, offsets } = passages.get(text)!;
    const { first } = writeRow(sheet, row, questions[example]!, ids.subarray(from, from + kept));
    passage[row * length] = 1;
    passage.fill(1, row * length + first, row * length + first + kept);
    mostContext.set(shown[row]!, row * length + first);
    rows.push({ text, first, offsets: offsets.slice(from, from + kept) });
    const answer = answerTokens(passages.get(text)!, examples[example]!);
    if (answer === null || answer.first < from || answer.last >= from + kept) continue;
    starts[row] = first + answer.first - from;
    ends[row] = first + answer.last - from;
  }
  const example = Int32Array.from(windows, (window) => window.example);
  return {
    ...{ ...sheet, example, starts, ends, passage, mostContext },
    answer: (row, start, end) => textOf(rows[row]!, start, end),
  };
}

/** Many questions are asked of one passage. */
async function tokenizeOnce(tokenizer: Tokenizer, examples: readonly SpanExample[]) {
  const texts = [...new Set(examples.map(({ passage }) => passage))];
  const tokenized = await tokenizer.encode(texts);
  return new Map(texts.map((text, index) => [text, tokenized[index]!]));
}

function windowsOf(example: number, tokens: number, room: number, step: number): Window[] {
  const count = 1 + Math.max(0, Math.ceil((tokens - room) / step));
  return Array.from({ length: count }, (_, number) => {
    const from = number * step;
    return { example, from, kept: Math.min(room, tokens - from) };
  });
}

/**
 * For each window 1 for every of its tokens of which no other window of the example has more context, else 0: the
 * smaller of the numbers of tokens to its left and right, and a hundredth of the window's length. Of equals the first
 * window has it (_check_is_max_context of run_squad.py).
 */
function bestShown(windows: readonly Window[]): Uint8Array[] {
  const shown = windows.map(({ kept }) => new Uint8Array(kept));
  const best = new Map<number, { row: number; context: number }>();
  for (const [row, { example, from, kept }] of windows.entries()) {
    if (windows[row - 1]?.example !== example) best.clear();
    for (let token = from; token < from + kept; token += 1) {
      const context = Math.min(token - from, from + kept - 1 - token) + 0.01 * kept;
      const before = best.get(token);
      if (before !== undefined && context <= before.context) continue;
      if (before !== undefined) shown[before.row]![token - windows[before.row]!.from] = 0;
      best.set(token, { row, context });
      shown[row]![token - from] = 1;
    }
  }
  return shown;
}

const answerTokens = (tokenized: TokenizedText, example: SpanExample) =>
  example.start === -1 ? null : tokensOf(tokenized, example);
