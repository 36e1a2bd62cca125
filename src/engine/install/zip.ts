import { createReadStream } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { createInflateRaw } from 'node:zlib';

/** An archive that is cut short or was changed on its way. */
export class CorruptArchiveError extends Error {
  override readonly name = 'CorruptArchiveError';
}

/** A file in a zip archive; sizes in bytes. */
export interface ZipEntry {
  readonly name: string;
  readonly size: number;
  readonly compressedSize: number;
  readonly deflated: boolean;
  /** Unix permission bits, 0 where the archive has none. */
  readonly mode: number;
  /** Of its local header, from the start of the archive. */
  readonly offset: number;
}

// Field offsets follow PKWARE's APPNOTE.TXT 6.3, sections 4.3.7 (local header), 4.3.12 (central) and 4.3.16 (end).
const END = 0x06054b50;
const CENTRAL = 0x02014b50;
const LOCAL = 0x04034b50;
const END_BYTES = 22;
const CENTRAL_BYTES = 46;
const LOCAL_BYTES = 30;
const LONGEST_COMMENT = 0xffff;
/** Large enough that a gigabyte passes in a thousand steps. */
const CHUNK_BYTES = 1 << 20;

/** The files of a zip archive, folders left out. Throws CorruptArchiveError where it is cut short or no zip at all. */
export async function listZip(path: string): Promise<ZipEntry[]> {
  const file = await open(path);
  try {
    return parseDirectory(await readDirectory(file, (await file.stat()).size));
  } finally {
    await file.close();
  }
}

async function readDirectory(file: FileHandle, bytes: number): Promise<{ directory: Buffer; count: number }> {
  const tail = await read(file, Math.max(0, bytes - END_BYTES - LONGEST_COMMENT), bytes);
  for (let at = tail.length - END_BYTES; at >= 0; at--) {
    if (tail.readUInt32LE(at) !== END) continue;
    const size = tail.readUInt32LE(at + 12);
    const start = tail.readUInt32LE(at + 16);
    if (start + size > bytes) break;
    return { directory: await read(file, start, start + size), count: tail.readUInt16LE(at + 10) };
  }
  throw new CorruptArchiveError('it has no readable zip directory');
}

function parseDirectory({ directory, count }: { directory: Buffer; count: number }): ZipEntry[] {
  const entries: ZipEntry[] = [];
  let at = 0;
  for (let i = 0; i < count; i++) {
    if (at + CENTRAL_BYTES > directory.length || directory.readUInt32LE(at) !== CENTRAL) {
      throw new CorruptArchiveError('its zip directory is damaged');
    }
    const nameBytes = directory.readUInt16LE(at + 28);
    const end = at + CENTRAL_BYTES + nameBytes;
    const name = directory.toString('utf8', at + CENTRAL_BYTES, end);
    const method = directory.readUInt16LE(at + 10);
    if (method !== 0 && method !== 8) throw new CorruptArchiveError(`${name} is compressed by an unknown method`);
    if (!name.endsWith('/')) {
      entries.push({
        name,
        size: directory.readUInt32LE(at + 24),
        compressedSize: directory.readUInt32LE(at + 20),
        deflated: method === 8,
        mode: (directory.readUInt32LE(at + 38) >>> 16) & 0o777,
        offset: directory.readUInt32LE(at + 42),
      });
    }
    at = end + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32);
  }
  return entries;
}

/** The contents of one file of the archive. An archive that was damaged makes the stream fail. */
export async function openEntry(path: string, entry: ZipEntry): Promise<Readable> {
  if (entry.compressedSize === 0) return Readable.from([]);
  const start = await dataStart(path, entry);
  const end = start + entry.compressedSize - 1;
  const raw = createReadStream(path, { start, end, highWaterMark: CHUNK_BYTES });
  if (!entry.deflated) return raw;
  const inflated = raw.pipe(createInflateRaw({ chunkSize: CHUNK_BYTES }));
  raw.on('error', (error) => inflated.destroy(error));
  return inflated;
}

async function dataStart(path: string, entry: ZipEntry): Promise<number> {
  const file = await open(path);
  try {
    const header = await read(file, entry.offset, entry.offset + LOCAL_BYTES);
    if (header.readUInt32LE(0) !== LOCAL) throw new CorruptArchiveError(`${entry.name} is not where it should be`);
    return entry.offset + LOCAL_BYTES + header.readUInt16LE(26) + header.readUInt16LE(28);
  } finally {
    await file.close();
  }
}

async function read(file: FileHandle, start: number, end: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(end - start), 0, end - start, start);
  if (bytesRead < end - start) throw new CorruptArchiveError('it is cut short');
  return buffer;
}
