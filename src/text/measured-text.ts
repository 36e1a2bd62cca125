import type { Corpus } from './corpora/corpus.ts';
import { corpora } from './corpora/index.ts';
import type { TokenShard } from './corpus.ts';
import { heldOutKeys } from './task-data.ts';
import type { Tokenizer } from './tokenizer.ts';
import { trainingText } from './training-text.ts';

/** Of a file's text no more is taken to measure a loss on: the sequences that are measured lie far apart as it is. */
const MOST_TOKENS = 1 << 20;

/**
 * The tokens that preparing `sources` (the shipped corpora, if not given) keeps for validation, whatever the tokenizer:
 * documents end in `separator`.
 */
export async function validationText(
  tokenizer: Tokenizer,
  separator: number,
  sources: readonly Corpus[] = corpora,
): Promise<TokenShard> {
  const tokens: number[] = [];
  for await (const { shard, text } of trainingText(sources, await heldOutKeys())) {
    if (shard === 'validation') await addDocument(tokens, text, tokenizer, separator);
  }
  return shardOf(tokens);
}

/** The tokens of a corpus from its beginning, a million of them at most; documents end in `separator`. */
export async function wholeText(tokenizer: Tokenizer, separator: number, source: Corpus): Promise<TokenShard> {
  const tokens: number[] = [];
  for await (const { passages } of source.documents()) {
    await addDocument(tokens, passages.flat().join(' '), tokenizer, separator);
    if (tokens.length >= MOST_TOKENS) break;
  }
  return shardOf(tokens);
}

async function addDocument(tokens: number[], text: string, tokenizer: Tokenizer, separator: number): Promise<void> {
  const [ids] = await tokenizer.ids([text]);
  if (ids === undefined || ids.length === 0) return;
  for (const id of ids) tokens.push(id);
  tokens.push(separator);
}

function shardOf(tokens: readonly number[]): TokenShard {
  const ids = Int32Array.from(tokens);
  return {
    length: ids.length,
    read(start, count) {
      if (start >= 0 && count >= 0 && start + count <= ids.length) return ids.slice(start, start + count);
      throw new RangeError(`tokens ${start} to ${start + count} of a shard of ${ids.length}`);
    },
  };
}
