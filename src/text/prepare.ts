import { openSync, closeSync, fsyncSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { UserError } from '../errors.ts';
import type { Corpus } from './corpora/corpus.ts';
import { openCorpus } from './corpora/index.ts';
import type { PreparedCorpus } from './corpus.ts';
import { corpusDigest, sentencesDigest } from './digest.ts';
import { draftPrefix } from '../run/cache-names.ts';
import { codeOf, writeError } from '../run/files.ts';
import { prepareOnce } from './prepare-once.ts';
import { LARGEST_VOCABULARY } from './shard.ts';
import { openShards, writeShards } from './shard-files.ts';
import { shardDamage, writeDigests, type ShardDigests } from './shard-digests.ts';
import { heldOutKeys } from './task-data.ts';
import { openTokenizer, type Tokenizer } from './tokenizer.ts';
import type { Vocabulary } from './vocabulary.ts';
import { trainingText, type Chunk } from './training-text.ts';

/** Text handed to the tokenizer at a time: enough to keep its threads busy, little enough to report often. */
const CHARACTERS_AT_ONCE = 1 << 18;

/**
 * Token shards of the sources (names of shipped corpora, paths of files of text) in a vocabulary, or in that many
 * entries of the shipped one: found in `cache` if they were made before, else made. Documents end in [SEP]. No text of a
 * test example of any shipped task is in them. `withSentences` keeps where the sentences begin, too: the same tokens, and
 * the digest of the same text, in files of their own.
 * `onProgress` counts bytes of the sources. Shards in the cache that are not as they were written are made again, which
 * `onDamage` is told of first. Throws a UserError for a source that cannot be used, and `signal.reason`
 * when stopped; the cache never holds half a corpus, whoever else writes to it.
 */
export async function prepareCorpus(
  sources: readonly string[],
  vocabulary: Vocabulary | number,
  cache: string,
  onProgress: (done: number, of: number) => void,
  signal?: AbortSignal,
  onDamage: (what: string) => void = () => undefined,
  withSentences = false,
): Promise<PreparedCorpus> {
  signal?.throwIfAborted();
  const corpora = sources.map(openCorpus);
  const tokenizer = openTokenizer(vocabulary);
  if (tokenizer.vocabulary.length > LARGEST_VOCABULARY) throw tooManyEntries(tokenizer);
  const digest = await corpusDigest(corpora, tokenizer, signal);
  const name = withSentences ? sentencesDigest(digest) : digest;
  const folder = join(cache, name);
  let isSound = (await shardDamage(folder, signal)) === null;
  await prepareOnce({ cache, digest: name, exists: () => isSound }, onProgress, signal, async (told) => {
    // Another may have made it since.
    const damage = await shardDamage(folder, signal);
    if (damage !== null) {
      if (damage !== '') onDamage(damage);
      await make(folder, cache, { corpora, tokenizer, withSentences, onProgress: told, signal });
    }
    isSound = true;
  });
  const { special } = tokenizer;
  const corpus = { digest, vocab: tokenizer.vocabulary.length, special, ...openShards(folder, withSentences) };
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
  readonly withSentences: boolean;
  readonly onProgress: (done: number, of: number) => void;
  readonly signal: AbortSignal | undefined;
}

/** Fills a folder of its own, then puts it in the place of what is there. */
async function make(folder: string, cache: string, work: Work): Promise<void> {
  await mkdir(cache, { recursive: true });
  const draft = await mkdtemp(join(cache, draftPrefix(basename(folder))));
  try {
    await fill(draft, work);
    syncFolder(draft);
    await rm(folder, { recursive: true, force: true });
    await rename(draft, folder);
    syncFolder(cache);
  } catch (error) {
    // Of what is open the system says no name; nothing but a write fails for these.
    throw ['ENOSPC', 'EDQUOT', 'EROFS'].includes(codeOf(error)) ? writeError(folder, error) : error;
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

async function fill(folder: string, { corpora, tokenizer, withSentences, onProgress, signal }: Work): Promise<void> {
  const of = await sizeOf(corpora);
  const files = writeShards(folder, tokenizer.special.sep, withSentences);
  const textsOf = ({ text, sentences }: Chunk) => (withSentences ? sentences : [text]);
  let digests: ShardDigests;
  try {
    let done = 0;
    onProgress(done, of);
    for await (const chunks of grouped(trainingText(corpora, await orStopped(heldOutKeys(), signal)))) {
      signal?.throwIfAborted();
      const ids = await tokenizer.ids(chunks.flatMap(textsOf));
      for (const chunk of chunks) files.add(chunk, ids.splice(0, textsOf(chunk).length));
      done += chunks.reduce((sum, { bytes }) => sum + bytes, 0);
      onProgress(Math.min(Math.round(done), of), of);
    }
    onProgress(of, of);
  } finally {
    digests = files.close();
  }
  writeDigests(folder, digests);
}

/** What takes a while and knows no signal; it goes on by itself where it is not waited for. */
async function orStopped<Value>(work: Promise<Value>, signal: AbortSignal | undefined): Promise<Value> {
  signal?.throwIfAborted();
  if (signal === undefined) return work;
  let stop = (): void => undefined;
  const stopped = new Promise<never>((_, reject) => {
    stop = () => {
      reject(signal.reason as Error);
    };
    signal.addEventListener('abort', stop, { once: true });
  });
  return Promise.race([work, stopped]).finally(() => {
    signal.removeEventListener('abort', stop);
  });
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
