import { createHash } from 'node:crypto';
import { createReadStream, readFileSync } from 'node:fs';
import type { Corpus } from './corpora/corpus.ts';
import { checkFile } from './corpora/lines.ts';
import { wordnet } from './corpora/wordnet.ts';
import { packagePath } from './packages.ts';
import { heldOutVersion } from './task-data.ts';
import type { Tokenizer } from './tokenizer.ts';

/** Bump when the same sources come to give other tokens or shards. */
const PREPARE_VERSION = 1;

/** Names what preparing corpora yields: a hash of everything that decides it. Throws a UserError for a missing file. */
export async function corpusDigest(
  corpora: readonly Corpus[],
  { vocabulary, lowercase }: Pick<Tokenizer, 'vocabulary' | 'lowercase'>,
): Promise<string> {
  const hash = createHash('sha256');
  const tokenizer = JSON.parse(readFileSync(packagePath('@anush008/tokenizers', 'package.json'), 'utf8')) as {
    readonly version: string;
  };
  const cased = lowercase ? [] : ['cased'];
  hash.update(JSON.stringify([PREPARE_VERSION, tokenizer.version, vocabulary, heldOutVersion(), ...cased]));
  // The tasks' test text comes from WordNet, so it decides what is left of any corpus.
  for (const path of [wordnet, ...corpora].flatMap((corpus) => corpus.files())) {
    hash.update(await fileDigest(path));
  }
  return hash.digest('hex').slice(0, 16);
}

async function fileDigest(path: string): Promise<Buffer> {
  await checkFile(path);
  const hash = createHash('sha256');
  for await (const bytes of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(bytes as Buffer);
  return hash.digest();
}
