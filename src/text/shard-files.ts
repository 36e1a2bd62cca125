import { join } from 'node:path';
import type { TokenShard } from './corpus.ts';
import { openSentences, writeSentences, type SentenceWriter } from './sentence-index.ts';
import type { ShardDigests } from './shard-digests.ts';
import { openShard, writeShard, type ShardWriter } from './shard.ts';
import type { Chunk } from './training-text.ts';

type ShardName = Chunk['shard'];
const SHARDS: readonly ShardName[] = ['train', 'validation'];

/** The shards of one corpus, opened for reading, with their sentences if they were written with them. */
export function openShards(folder: string, withSentences: boolean): Readonly<Record<ShardName, TokenShard>> {
  const open = (name: ShardName): TokenShard => {
    const shard = openShard(tokensPath(folder, name));
    return withSentences ? { ...shard, sentences: openSentences(sentencesPath(folder, name)) } : shard;
  };
  return { train: open('train'), validation: open('validation') };
}

const tokensFile = (name: ShardName): string => `${name}.u16`;
const sentencesFile = (name: ShardName): string => `${name}.sentences`;
const tokensPath = (folder: string, name: ShardName): string => join(folder, tokensFile(name));
const sentencesPath = (folder: string, name: ShardName): string => join(folder, sentencesFile(name));

/** The shards of one corpus being written; closed exactly once. */
export interface ShardFiles {
  /** Adds a chunk, of which `ids` are the tokens: of all its text or, with sentences, of each of them. */
  add(chunk: Chunk, ids: readonly Int32Array[]): void;
  /** Gives the SHA-256 of every file. */
  close(): ShardDigests;
}

/** Creates the files of both shards in an empty folder. */
export function writeShards(folder: string, separator: number, withSentences: boolean): ShardFiles {
  const create = (name: ShardName) => ({
    tokens: writeShard(tokensPath(folder, name), separator),
    sentences: withSentences ? writeSentences(sentencesPath(folder, name)) : null,
  });
  const writers = { train: create('train'), validation: create('validation') };
  return {
    add({ shard, last }, texts) {
      for (const ids of texts) addText(writers[shard], ids);
      // A document that is interrupted by a piece for the other shard ends there: what follows is not its next sentence.
      if (shard === 'validation') writers.train.tokens.endDocument();
      if (shard === 'validation' || last) writers[shard].tokens.endDocument();
    },
    close() {
      const digests = SHARDS.flatMap((name) => {
        const { tokens, sentences } = writers[name];
        const ofSentences = sentences === null ? [] : [[sentencesFile(name), sentences.close()] as const];
        return [[tokensFile(name), tokens.close()] as const, ...ofSentences];
      });
      return Object.fromEntries(digests);
    },
  };
}

interface Writers {
  readonly tokens: ShardWriter;
  readonly sentences: SentenceWriter | null;
}

function addText({ tokens, sentences }: Writers, ids: Int32Array): void {
  if (ids.length > 0) sentences?.add(tokens.next());
  tokens.add(ids);
}
