import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { Decompress } from 'fzstd';
import { UserError } from '../../errors.ts';
import { corpusFormat } from '../../run/corpora.ts';

/** The next bytes of a file's contents, unpacked. */
export interface Contents {
  readonly bytes: Buffer;
  /** How much of the file was read for them. */
  readonly read: number;
}

const AT_ONCE = 1 << 18;

/**
 * The contents of a file, unpacked where it ends in .gz or .zst, a part at a time: the whole is never in memory. Throws
 * a UserError that says how far it came where packed data is damaged or ends too early.
 *
 * Checksums in .zst files are not looked at: Node unpacks Zstandard only from 22.15 on, and the same file must be the
 * same text on all. The digest of the file names the cells that read it, so that a changed file is another corpus; but
 * one that was damaged before it was first read may be unpacked to other text without a word.
 */
export function contentsOf(path: string): AsyncGenerator<Contents> {
  switch (corpusFormat(path)?.packed ?? null) {
    case 'gz':
      return gunzipped(path);
    case 'zst':
      return unpackedZstandard(path);
    case null:
      return plain(path);
  }
}

async function* plain(path: string): AsyncGenerator<Contents> {
  for await (const bytes of createReadStream(path, { highWaterMark: AT_ONCE })) {
    yield { bytes: bytes as Buffer, read: (bytes as Buffer).length };
  }
}

async function* gunzipped(path: string): AsyncGenerator<Contents> {
  const file = createReadStream(path, { highWaterMark: AT_ONCE });
  const gunzip = createGunzip({ chunkSize: AT_ONCE });
  file.on('error', (error) => gunzip.destroy(error));
  file.pipe(gunzip);
  let told = 0;
  try {
    for await (const bytes of gunzip) {
      yield { bytes: bytes as Buffer, read: file.bytesRead - told };
      told = file.bytesRead;
    }
  } catch (error) {
    const isDamage = error instanceof Error && 'code' in error && String(error.code).startsWith('Z_');
    throw isDamage ? damaged(path, 'gzip', file.bytesRead, error) : error;
  } finally {
    file.destroy();
    gunzip.destroy();
  }
}

async function* unpackedZstandard(path: string): AsyncGenerator<Contents> {
  let parts: Uint8Array[] = [];
  const decompress = new Decompress((part) => {
    parts.push(part);
  });
  let done = 0;
  const push = (bytes: Uint8Array, isLast: boolean): Buffer => {
    parts = [];
    try {
      decompress.push(bytes, isLast);
    } catch (error) {
      throw damaged(path, 'Zstandard', done, error);
    }
    return Buffer.concat(parts);
  };
  for await (const bytes of createReadStream(path, { highWaterMark: AT_ONCE })) {
    const read = (bytes as Buffer).length;
    done += read;
    yield { bytes: push(bytes as Buffer, false), read };
  }
  yield { bytes: push(new Uint8Array(0), true), read: 0 };
}

function damaged(path: string, packing: string, offset: number, error: unknown): UserError {
  const why = error instanceof Error ? error.message : String(error);
  return new UserError(
    `${path}: the ${packing} data is damaged or ends too early, within its first ${offset.toLocaleString('en')} bytes (${why}).`,
    'Perhaps the file was not copied whole.',
    { cause: error },
  );
}
