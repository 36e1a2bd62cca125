import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { CORPORA } from './corpora.ts';
import type { Arm, Comparison } from './spec.ts';

/**
 * SHA-256 of every file that the arms read text from, by path: a cell is named by what is in a file, not by where it
 * lies, so that changed text is not taken for text that was trained on.
 */
export async function corpusContents(arms: readonly Arm[]): Promise<Comparison['contents']> {
  const named: readonly string[] = CORPORA;
  const paths = new Set(arms.flatMap(({ settings }) => settings.data.corpus).filter((entry) => !named.includes(entry)));
  const digests = [...paths].map(async (path) => {
    const hash = createHash('sha256');
    await pipeline(createReadStream(path), hash);
    return [path, hash.digest('hex')] as const;
  });
  return Object.fromEntries(await Promise.all(digests));
}
