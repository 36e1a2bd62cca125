import { createHash } from 'node:crypto';
import { closeSync, fstatSync, fsyncSync, openSync, readSync, writeSync } from 'node:fs';
import type { TokenShard } from './corpus.ts';
import type { Sentence } from './sentence-index.ts';

/** Ids on disk: unsigned 16-bit, little-endian, nothing else. */
const BYTES_PER_TOKEN = 2;
/** Entries of a vocabulary whose ids fit. */
export const LARGEST_VOCABULARY = 2 ** (8 * BYTES_PER_TOKEN);
const BUFFERED_TOKENS = 1 << 16;

/** Opens a shard for reading. The file stays open as long as the process. Throws if there is no such file. */
export function openShard(path: string): TokenShard {
  const file = openSync(path, 'r');
  const length = Math.floor(fstatSync(file).size / BYTES_PER_TOKEN);
  return {
    length,
    read(start, count) {
      if (start < 0 || count < 0 || start + count > length) {
        throw new RangeError(`tokens ${start} to ${start + count} of a shard of ${length}`);
      }
      const bytes = Buffer.alloc(count * BYTES_PER_TOKEN);
      readWhole(file, bytes, start * BYTES_PER_TOKEN);
      return Int32Array.from({ length: count }, (_, index) => bytes.readUInt16LE(index * BYTES_PER_TOKEN));
    },
  };
}

/** Fills `bytes` from a place of a file: one read may give less than asked for. */
export function readWhole(file: number, bytes: Buffer, position: number): void {
  for (let done = 0; done < bytes.length;) {
    const count = readSync(file, bytes, done, bytes.length - done, position + done);
    if (count === 0) throw new Error('a token shard became shorter while it was read');
    done += count;
  }
}

/** A shard being written; closed exactly once. */
export interface ShardWriter {
  add(ids: Int32Array): void;
  /** Where the next token goes, and whether a document begins with it. */
  next(): Sentence;
  /** Ends a document: the separator, unless there is nothing to end. */
  endDocument(): void;
  /** Flushes to the disk; gives the SHA-256 of the file. */
  close(): string;
}

/** Creates the file and holds back small writes; documents end in `separator`. */
export function writeShard(path: string, separator: number): ShardWriter {
  const file = openSync(path, 'wx');
  const buffer = Buffer.alloc(BUFFERED_TOKENS * BYTES_PER_TOKEN);
  const hash = createHash('sha256');
  let buffered = 0;
  let written = 0;
  let last = separator;
  const flush = (): void => {
    hash.update(buffer.subarray(0, buffered));
    for (let done = 0; done < buffered;) done += writeSync(file, buffer, done, buffered - done);
    buffered = 0;
  };
  const push = (id: number): void => {
    buffer[buffered] = id & 0xff;
    buffer[buffered + 1] = id >>> 8;
    buffered += BYTES_PER_TOKEN;
    written += 1;
    last = id;
    if (buffered === buffer.length) flush();
  };
  return {
    add: (ids) => {
      for (const id of ids) push(id);
    },
    next: () => ({ start: written, opens: last === separator }),
    endDocument() {
      if (last !== separator) push(separator);
    },
    close() {
      flush();
      fsyncSync(file);
      closeSync(file);
      return hash.digest('hex');
    },
  };
}
