import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, isAbsolute, join } from 'node:path';
import { Transform } from 'node:stream';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { CorruptArchiveError, listZip, openEntry, type ZipEntry } from './zip.ts';

/** A Python wheel: a zip archive with its metadata, see packaging.python.org's binary distribution format. */
export interface Wheel {
  readonly path: string;
  readonly entries: readonly ZipEntry[];
}

/** Throws CorruptArchiveError where the file is no whole zip archive. */
export const openWheel = async (path: string): Promise<Wheel> => ({ path, entries: await listZip(path) });

/** A file of the wheel's `.dist-info`, as text. Throws CorruptArchiveError where there is none. */
export async function readMetadata(wheel: Wheel, name: 'METADATA' | 'RECORD'): Promise<string> {
  const entry = wheel.entries.find((other) => new RegExp(`^[^/]+\\.dist-info/${name}$`).test(other.name));
  if (entry === undefined) throw new CorruptArchiveError(`it has no ${name}`);
  return text(await openEntry(wheel.path, entry));
}

/**
 * The requirements of one of the wheel's extras, as pip spells them (`nvidia-cublas-cu12<13.0,>=12.5.3.2`); other
 * conditions than the extra are not looked at.
 */
export async function extraRequirements(wheel: Wheel, extra: string): Promise<string[]> {
  const lines = (await readMetadata(wheel, 'METADATA')).split(/\r?\n/);
  return lines
    .map((line) => /^Requires-Dist:\s*(.+?)\s*;\s*extra\s*==\s*["'](.+)["']\s*$/.exec(line))
    .filter((match) => match?.[2] === extra)
    .map((match) => match![1]!.replaceAll(/[\s()]/g, ''));
}

export interface UnpackOptions {
  readonly wanted: (name: string) => boolean;
  readonly onBytes: (count: number) => void;
  readonly signal: AbortSignal;
}

/**
 * Writes the wanted files under `folder`, each checked against the SHA-256 that the wheel's RECORD gives. Throws
 * CorruptArchiveError where one differs or is not listed.
 */
export async function unpackWheel(wheel: Wheel, folder: string, options: UnpackOptions): Promise<void> {
  const hashes = parseRecord(await readMetadata(wheel, 'RECORD'));
  for (const entry of wheel.entries.filter(({ name }) => options.wanted(name))) {
    if (isAbsolute(entry.name) || entry.name.split('/').includes('..')) {
      throw new CorruptArchiveError(`${entry.name} leads out of the folder`);
    }
    const actual = await writeEntry(wheel, entry, join(folder, entry.name), options);
    if (actual !== hashes.get(entry.name)) {
      throw new CorruptArchiveError(`${entry.name} has not the hash that its RECORD gives`);
    }
  }
}

/** File -> SHA-256 in URL-safe base64. */
function parseRecord(record: string): ReadonlyMap<string, string> {
  const rows = record.matchAll(/^(?:"([^"]+)"|([^",\r\n]+)),sha256=([\w-]+)/gm);
  return new Map([...rows].map(([, quoted, plain, hash]) => [(quoted ?? plain)!, hash!]));
}

async function writeEntry(wheel: Wheel, entry: ZipEntry, path: string, options: UnpackOptions): Promise<string> {
  const hash = createHash('sha256');
  const count = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      options.onBytes(chunk.length);
      done(null, chunk);
    },
  });
  await mkdir(dirname(path), { recursive: true });
  const target = createWriteStream(path, { mode: entry.mode | 0o600 });
  try {
    await pipeline(await openEntry(wheel.path, entry), count, target, { signal: options.signal });
  } catch (error) {
    const damaged = error instanceof Error && 'code' in error && /^Z_/.test(String(error.code));
    throw damaged ? new CorruptArchiveError(`${entry.name} cannot be decompressed`, { cause: error }) : error;
  }
  return hash.digest('base64url');
}

/** SHA-256 of a whole file, in hexadecimal. */
export async function hashFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash);
  return hash.digest('hex');
}
