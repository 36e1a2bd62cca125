import type { SentenceShard } from './corpus.ts';
import type { Draws } from './random.ts';
import { longestFirst } from './encode.ts';
import type { Stretch, Stretches } from './stretches.ts';

/** Two texts of a shard, as token ids. */
export interface SentencePair {
  readonly first: Int32Array;
  readonly second: Int32Array;
}

/**
 * A pair out of stretch `index`, together at most `room` tokens (Devlin et al. 2019, section A.1 and released code):
 * some of its sentences, one at least, and then the others if `follows`, else sentences of another document. Tokens that
 * are too many are taken from the longer text, one by one, from either end.
 *
 * The released code draws a document and a sentence of it. Here every stretch of another document is as likely as any,
 * and the text is as long as the one it stands for: so neither the kind of text nor the length tells what follows.
 */
export function cutPair(
  shard: SentenceShard,
  stretches: Stretches,
  index: number,
  { follows, room }: { readonly follows: boolean; readonly room: number },
  draws: Draws,
): SentencePair {
  const { starts } = stretches.stretch(index);
  const [begin, middle, end] = [starts[0]!, starts[innerSentence(starts, draws)]!, starts.at(-1)!];
  const limit = Math.min(room, end - begin);
  const other = follows ? { from: middle, to: end } : otherText(stretches, index, limit - (middle - begin), draws);
  const texts = [{ from: begin, to: middle }, other] as const;
  const [kept, keptOther] = longestFirst(middle - begin, other.to - other.from, limit);
  return { first: trimmed(shard, texts[0], kept, draws), second: trimmed(shard, texts[1], keptOther, draws) };
}

/** Tokens of a shard, from one up to another, itself excluded. */
interface Text {
  readonly from: number;
  readonly to: number;
}

/** A sentence of a stretch that is not its first; every one equally likely. */
const innerSentence = (starts: Stretch['starts'], draws: Draws): number => 1 + draws.below(starts.length - 2);

/** Text of another document than that of stretch `index`, of `tokens` tokens or more where that document has as many. */
function otherText(stretches: Stretches, index: number, tokens: number, draws: Draws): Text {
  const [from, to] = stretches.document(index);
  const drawn = draws.below(stretches.count - (to - from));
  const other = drawn < from ? drawn : drawn + (to - from);
  const { first, starts } = stretches.stretch(other);
  const found = stretches.around(other, first + innerSentence(starts, draws), Math.max(1, tokens));
  return { from: found.starts[0]!, to: found.starts.at(-1)! };
}

/** `kept` tokens of a text; those that go stand at its beginning or its end as a coin says for each of them. */
function trimmed(shard: SentenceShard, { from, to }: Text, kept: number, draws: Draws): Int32Array {
  let before = 0;
  for (let gone = kept; gone < to - from; gone += 1) before += draws.below(2);
  return shard.read(from + before, kept);
}
