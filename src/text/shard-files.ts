import { join } from 'node:path';
import type { TokenShard } from './corpus.ts';
import { openSentences, writeSentences, type SentenceWriter } from './sentence-index.ts';
import { openShard, writeShard, type ShardWriter } from './shard.ts';
import type { Chunk } from './training-text.ts';

type ShardName = Chunk['shard'];

/** The shards of one corpus, opened for reading, with their sentences if they were written with them. */
export function openShards(folder: string, withSentences: boolean): Readonly<Record<ShardName, TokenShard>> {
  const open = (name: ShardName): TokenShard => {
    const shard = openShard(tokensPath(folder, name));
    return withSentences ? { ...shard, sentences: openSentences(sentencesPath(folder, name)) } : shard;
  };
  return { train: open('train'), validation: open('validation') };
}

const tokensPath = (folder: string, name: ShardName): string => join(folder, `${name}.u16`);
const sentencesPath = (folder: string, name: ShardName): string => join(folder, `${name}.sentences`);

/** The shards of one corpus being written; closed exactly once. */
export interface ShardFiles {
  /** Adds a chunk, of which `ids` are the tokens: of all its text or, with sentences, of each of them. */
  add(chunk: Chunk, ids: readonly Int32Array[]): void;
  close(): void;
}

/** Creates the files of both shards in an empty folder. */
export function writeShards(folder: string, withSentences: boolean): ShardFiles {
  const create = (name: ShardName) => ({
    tokens: writeShard(tokensPath(folder, name)),
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
      for (const { tokens, sentences } of Object.values(writers)) {
        tokens.close();
        sentences?.close();
      }
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
