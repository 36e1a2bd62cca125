import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileDigest } from '../run/file-digest.ts';
import { codeOf } from '../run/files.ts';

/** SHA-256 of shards by file name, hexadecimal. */
export type ShardDigests = Readonly<Record<string, string>>;

const LIST = 'shards.json';

/** Leaves the digests beside the shards in `folder`. */
export function writeDigests(folder: string, digests: ShardDigests): void {
  writeFileSync(join(folder, LIST), `${JSON.stringify(digests, null, 2)}\n`, { flag: 'wx', flush: true });
}

/**
 * What is wrong with the shards in a folder, in words for people: empty where there are none to speak of, with their
 * digests; null where every byte is as it was written. Throws `signal.reason` when stopped.
 */
export async function shardDamage(folder: string, signal: AbortSignal | undefined): Promise<string | null> {
  const digests = readDigests(folder);
  if (digests === null) return '';
  for (const [name, digest] of Object.entries(digests)) {
    const found = await digestOf(join(folder, name), signal);
    if (found === null) return `${name} was not in the cache`;
    if (found !== digest) return `${name} in the cache was damaged`;
  }
  return null;
}

function readDigests(folder: string): ShardDigests | null {
  try {
    return JSON.parse(readFileSync(join(folder, LIST), 'utf8')) as ShardDigests;
  } catch {
    return null;
  }
}

async function digestOf(path: string, signal: AbortSignal | undefined): Promise<string | null> {
  try {
    return await fileDigest(path, { signal });
  } catch (error) {
    if (['ENOENT', 'EISDIR'].includes(codeOf(error))) return null;
    throw error;
  }
}
