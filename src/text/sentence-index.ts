import { createHash } from 'node:crypto';
import { closeSync, fstatSync, fsyncSync, openSync, writeSync } from 'node:fs';
import { readWhole } from './shard.ts';

/** Where a sentence begins in its shard, and whether a document begins with it. */
export interface Sentence {
  readonly start: number;
  readonly opens: boolean;
}

/** The sentences of a shard in order, read on demand. */
export interface SentenceIndex {
  readonly count: number;
  /** Sentences first..first+count. Throws a RangeError outside the index. */
  read(first: number, count: number): Sentence[];
}

/** On disk a sentence is a little-endian number: twice its start, and 1 more where a document begins. */
const BYTES_PER_SENTENCE = 6;
const BUFFERED_SENTENCES = 1 << 12;

/** Opens an index for reading. The file stays open as long as the process. Throws if there is no such file. */
export function openSentences(path: string): SentenceIndex {
  const file = openSync(path, 'r');
  const total = Math.floor(fstatSync(file).size / BYTES_PER_SENTENCE);
  return {
    count: total,
    read(first, count) {
      if (first < 0 || count < 0 || first + count > total) {
        throw new RangeError(`sentences ${first} to ${first + count} of an index of ${total}`);
      }
      const bytes = Buffer.alloc(count * BYTES_PER_SENTENCE);
      readWhole(file, bytes, first * BYTES_PER_SENTENCE);
      return Array.from({ length: count }, (_, index) => {
        const code = bytes.readUIntLE(index * BYTES_PER_SENTENCE, BYTES_PER_SENTENCE);
        return { start: Math.floor(code / 2), opens: code % 2 === 1 };
      });
    },
  };
}

/** An index being written; closed exactly once. */
export interface SentenceWriter {
  add(sentence: Sentence): void;
  /** Flushes to the disk; gives the SHA-256 of the file. */
  close(): string;
}

/** Creates the file and holds back small writes. */
export function writeSentences(path: string): SentenceWriter {
  const file = openSync(path, 'wx');
  const buffer = Buffer.alloc(BUFFERED_SENTENCES * BYTES_PER_SENTENCE);
  const hash = createHash('sha256');
  let buffered = 0;
  const flush = (): void => {
    hash.update(buffer.subarray(0, buffered));
    for (let done = 0; done < buffered;) done += writeSync(file, buffer, done, buffered - done);
    buffered = 0;
  };
  return {
    add({ start, opens }) {
      buffered = buffer.writeUIntLE(2 * start + (opens ? 1 : 0), buffered, BYTES_PER_SENTENCE);
      if (buffered === buffer.length) flush();
    },
    close() {
      flush();
      fsyncSync(file);
      closeSync(file);
      return hash.digest('hex');
    },
  };
}
