import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';

/** How the reading of a file is watched and stopped. */
export interface FileWatch {
  readonly signal?: AbortSignal | undefined;
  /** Told the bytes of every part that is read. */
  readonly onBytes?: (bytes: number) => void;
}

/**
 * SHA-256 of a file, hexadecimal, read a part at a time. Throws what the file system does, and `signal.reason` when
 * stopped.
 */
export async function fileDigest(path: string, { signal, onBytes }: FileWatch = {}): Promise<string> {
  const hash = createHash('sha256');
  for await (const bytes of createReadStream(path, { highWaterMark: 1 << 20 })) {
    signal?.throwIfAborted();
    hash.update(bytes as Buffer);
    onBytes?.((bytes as Buffer).length);
  }
  return hash.digest('hex');
}
