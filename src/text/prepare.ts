import { existsSync, openSync, closeSync, fsyncSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { UserError } from '../errors.ts';
import type { Corpus } from './corpora/corpus.ts';
import { openCorpus } from './corpora/index.ts';
import type { PreparedCorpus } from './corpus.ts';
import { corpusDigest } from './digest.ts';
import { draftPrefix } from '../run/cache-names.ts';
import { prepareOnce } from './prepare-once.ts';
import { LARGEST_VOCABULARY, openShard, writeShard, type ShardWriter } from './shard.ts';
import { heldOutKeys } from './task-data.ts';
import type { Tokenizer } from './tokenizer.ts';
import { trainingText, type Chunk } from './training-text.ts';

/** Text handed to the tokenizer at a time: enough to keep its threads busy, little enough to report often. */
const CHARACTERS_AT_ONCE = 1 << 18;

/**
 * Token shards of the sources (names of shipped corpora, paths of .txt and .jsonl files) in the tokenizer's vocabulary:
 * found in `cache` if they were made before, else made. Documents end in [SEP]. No text of a test
 * example of any shipped task is in them.
 * `onProgress` counts bytes of the sources. Throws a UserError for a source that cannot be used, and `signal.reason`
 * when stopped; the cache never holds half a corpus, whoever else writes to it.
 */
export async function prepareCorpus(
  sources: readonly string[],
  tokenizer: Tokenizer,
  cache: string,
  onProgress: (done: number, of: number) => void,
  signal?: AbortSignal,
): Promise<PreparedCorpus> {
  signal?.throwIfAborted();
  const corpora = sources.map(openCorpus);
  if (tokenizer.vocabulary.length > LARGEST_VOCABULARY) throw tooManyEntries(tokenizer);
  const digest = await corpusDigest(corpora, tokenizer);
  const folder = join(cache, digest);
  const wanted = { cache, digest, exists: () => existsSync(folder) };
  await prepareOnce(wanted, onProgress, signal, (told) =>
    make(folder, cache, { corpora, tokenizer, onProgress: told, signal }),
  );
  const corpus = {
    ...{ digest, vocab: tokenizer.vocabulary.length, special: tokenizer.special },
    train: openShard(join(folder, 'train.u16')),
    validation: openShard(join(folder, 'validation.u16')),
  };
  if (corpus.train.length > 0 && corpus.validation.length > 0) return corpus;
  throw new UserError(
    `The corpus (${sources.join(', ')}) is too small to split: ${corpus.train.length} tokens to train on, ` +
      `${corpus.validation.length} to validate with.`,
    'Take more text.',
  );
}

const tooManyEntries = ({ vocabulary }: Tokenizer): UserError =>
  new UserError(
    `Pre-training text is kept for vocabularies of at most ${LARGEST_VOCABULARY} entries, got ${vocabulary.length}.`,
    'Start from a model of one language: those of many have larger vocabularies.',
  );

interface Work {
  readonly corpora: readonly Corpus[];
  readonly tokenizer: Tokenizer;
  readonly onProgress: (done: number, of: number) => void;
  readonly signal: AbortSignal | undefined;
}

/** Fills a folder of its own, then moves it into place; should another have been there before, it is the same. */
async function make(folder: string, cache: string, work: Work): Promise<void> {
  await mkdir(cache, { recursive: true });
  const draft = await mkdtemp(join(cache, draftPrefix(basename(folder))));
  try {
    await fill(draft, work);
    syncFolder(draft);
    await rename(draft, folder).catch((error: unknown) => {
      if (!existsSync(folder)) throw error;
    });
    syncFolder(cache);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

async function fill(folder: string, { corpora, tokenizer, onProgress, signal }: Work): Promise<void> {
  const of = await sizeOf(corpora);
  const writers = {
    train: writeShard(join(folder, 'train.u16'), tokenizer.special.sep),
    validation: writeShard(join(folder, 'validation.u16'), tokenizer.special.sep),
  };
  try {
    let done = 0;
    onProgress(done, of);
    for await (const chunks of grouped(trainingText(corpora, await heldOutKeys()))) {
      signal?.throwIfAborted();
      const ids = await tokenizer.ids(chunks.map(({ text }) => text));
      for (const [index, chunk] of chunks.entries()) add(writers, chunk, ids[index]!);
      done += chunks.reduce((sum, { bytes }) => sum + bytes, 0);
      onProgress(Math.min(Math.round(done), of), of);
    }
    onProgress(of, of);
  } finally {
    writers.train.close();
    writers.validation.close();
  }
}

/** A document that is interrupted by a piece for the other shard ends there: what follows is not its next sentence. */
function add(writers: Readonly<Record<Chunk['shard'], ShardWriter>>, { shard, last }: Chunk, ids: Int32Array): void {
  writers[shard].add(ids);
  if (shard === 'validation') writers.train.endDocument();
  if (shard === 'validation' || last) writers[shard].endDocument();
}

async function* grouped(chunks: AsyncIterable<Chunk>): AsyncGenerator<readonly Chunk[]> {
  let group: Chunk[] = [];
  let characters = 0;
  for await (const chunk of chunks) {
    group.push(chunk);
    characters += chunk.text.length;
    if (characters < CHARACTERS_AT_ONCE) continue;
    yield group;
    group = [];
    characters = 0;
  }
  if (group.length > 0) yield group;
}

async function sizeOf(corpora: readonly Corpus[]): Promise<number> {
  const sizes = await Promise.all(corpora.flatMap((corpus) => corpus.files()).map((path) => stat(path)));
  return sizes.reduce((sum, { size }) => sum + size, 0);
}

/** Makes a rename last through a crash of the machine; not every system lets a folder be opened for it. */
function syncFolder(path: string): void {
  try {
    const folder = openSync(path, 'r');
    fsyncSync(folder);
    closeSync(folder);
  } catch {
    return;
  }
}
