import { readFileSync } from 'node:fs';
import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { UserError } from '../../src/errors.ts';
import { tasks } from '../../src/tasks/index.ts';
import { LARGEST_DATA_FILE } from '../../src/text/data-file.ts';
import { parquetLines } from '../../src/text/parquet.ts';
import { drawsAt } from '../../src/text/random.ts';

// Made by test/oracle/parquet.py.
const sound = readFileSync('test/fixtures/parquet/plain.parquet');
const types = readFileSync('test/fixtures/parquet/types.parquet');

let folder = '';
/** What reading takes that nothing is wrong with, on a machine as busy as this one is. */
let usual = 0;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'growbench-'));
  const started = performance.now();
  await parquetLines('test/fixtures/parquet/plain.parquet');
  usual = performance.now() - started;
});
afterAll(() => rm(folder, { recursive: true }));

/** A whole number as Parquet's headers have it: zigzag, seven bits a byte. */
function varint(value: number): Buffer {
  const bytes: number[] = [];
  for (let left = 2n * BigInt(value); ; left >>= 7n) {
    const more = left > 127n;
    bytes.push(Number(left & 127n) | (more ? 128 : 0));
    if (!more) return Buffer.from(bytes);
  }
}

/** The file with the first `found` replaced, which must be there. */
function replaced(file: Buffer, found: string, put: Buffer): Buffer {
  const at = file.indexOf(found, 'latin1');
  if (at === -1) throw new Error('the fixture does not hold what is to be replaced');
  return Buffer.concat([file.subarray(0, at), put, file.subarray(at + found.length)]);
}

/** The file with another size of its metadata. */
function withMetadataSize(file: Buffer, size: number): Buffer {
  const changed = Buffer.from(file);
  changed.writeUInt32LE(size, file.length - 8);
  return changed;
}

/** The file with another number of rows wherever `found` stands in its metadata. */
function withRows(rows: number, found: string): Buffer {
  const start = sound.length - 8 - metadata();
  const parts = sound.toString('latin1', start, sound.length - 8).split(found);
  const count = Buffer.concat([Buffer.of(0x16), varint(rows)]).toString('latin1');
  const changed = Buffer.from(parts.join(found.replace(ROWS, count)), 'latin1');
  return withMetadataSize(Buffer.concat([sound.subarray(0, start), changed, sound.subarray(-8)]), changed.length);
}

/** 64, as numbers of rows and values are written. */
const ROWS = '\x16\x80\x01';
const metadata = () => sound.readUInt32LE(sound.length - 8);
const BREAKS: Readonly<Record<string, () => Buffer>> = {
  'nothing in it': () => Buffer.alloc(0),
  'another kind of file': () => Buffer.from('sentence\tlabel\nIt is.\t1\n'),
  'another magic number at its end': () => Buffer.concat([sound.subarray(0, -4), Buffer.from('PARE')]),
  'metadata larger than the file': () => withMetadataSize(sound, 0xffffffff),
  'metadata of no size': () => withMetadataSize(sound, 0),
  'metadata that begins too late': () => withMetadataSize(sound, metadata() - 9),
  'metadata that begins too early': () => withMetadataSize(sound, metadata() + 9),
  'a row more than it has': () => withRows(65, `${ROWS}\x19`),
  'a hundred million rows in its metadata': () => withRows(1e8, ROWS),
  'a million million rows in its metadata': () => withRows(2 ** 40, ROWS),
  'a page of two thousand million values': () =>
    replaced(sound, '\x2c\x15\x80\x01', Buffer.concat([Buffer.from([0x2c, 0x15]), varint(2 ** 31 - 1)])),
  'a run of five hundred million values': () =>
    replaced(sound, `\x11${'\xaa'.repeat(6)}`, Buffer.from([0x80, 0x80, 0x80, 0x80, 0x04, 1, 0])),
  'a page that would be two gigabytes uncompressed': () =>
    replaced(types, '\x15\x00\x15', Buffer.concat([Buffer.from([0x15, 0, 0x15]), varint(2 ** 31 - 1)])),
};

async function refused(name: string, bytes: Buffer): Promise<void> {
  const path = join(folder, `${name}.parquet`);
  await writeFile(path, bytes);
  const started = performance.now();
  const error = await parquetLines(path).then(
    (text) => `read: ${text.slice(0, 200)}`,
    (thrown: unknown) => thrown,
  );
  expect(performance.now() - started).toBeLessThan(1000 + 4 * usual);
  expect(error).toBeInstanceOf(UserError);
  expect((error as UserError).message).toContain(`${path} cannot be read as Parquet (`);
  expect((error as UserError).message.length).toBeLessThan(400);
}

test.each(Object.entries(BREAKS))('a Parquet file with %s is refused by its name', (name, bytes) =>
  refused(name, bytes()),
);

test('so is one that is cut short or changed anywhere, unless it still holds rows', async () => {
  for (let trial = 0; trial < 8; trial += 1) {
    const draws = drawsAt(3, 1, trial);
    const bytes = Buffer.from(sound);
    for (let change = 0; change < 4; change += 1) bytes[draws.below(bytes.length)] = draws.below(256);
    const path = join(folder, `changed ${trial}.parquet`);
    const cut = trial % 3 === 0 ? bytes.subarray(0, draws.below(bytes.length)) : bytes;
    await writeFile(path, cut);
    const outcome = await parquetLines(path).catch((thrown: unknown) => thrown);
    if (typeof outcome === 'string') {
      const lines = outcome.split('\n').slice(0, -1);
      expect(lines.map((line) => typeof JSON.parse(line))).toEqual(lines.map(() => 'object'));
    } else expect((outcome as UserError).message).toContain(`${path} cannot be read as Parquet (`);
  }
});

test('columns of other types than the task’s are no examples', async () => {
  const cola = tasks.find(({ name }) => name === 'glue-cola')!;
  const text = await parquetLines('test/fixtures/parquet/types.parquet');
  const files = new Map([
    ...['train', 'validation'].map((split) => [`cola/${split}-00000-of-00001.parquet`, text] as const),
  ]);
  expect(() => cola.examples(files)).toThrow(
    'cola/train-00000-of-00001.parquet holds no example that can be read: row 1 has no text "sentence"',
  );
});

test('what is no example is told by its row, and refused where a task needs every row', async () => {
  const text = await parquetLines('test/fixtures/parquet/plain.parquet');
  const [cola, squad] = ['glue-cola', 'squad-1.1'].map((wanted) => tasks.find(({ name }) => name === wanted)!);
  const named = (name: string) => ['train', 'validation'].map((split) => [name.replace('*', split), text] as const);
  const { warnings } = cola!.examples(new Map(named('cola/*-00000-of-00001.parquet')));
  expect(warnings?.[0]).toBe(
    'cola/train-00000-of-00001.parquet: 32 of 64 rows left out as unreadable, the first at row 1 (no text "sentence")',
  );
  expect(() => squad!.examples(new Map(named('plain_text/*-00000-of-00001.parquet')))).toThrow(
    'plain_text/train-00000-of-00001.parquet: row 1: answers must be an object',
  );
});

test('text that is not UTF-8 is refused with its row', async () => {
  // The page's least and largest sentence stand before those of its rows, every other of which has one.
  const [, , , second] = [...sound.toString('latin1').matchAll(/It is\./g)];
  const bytes = Buffer.from(sound);
  bytes[second!.index + 2] = 0xff;
  await refused('latin', bytes);
  await expect(parquetLines(join(folder, 'latin.parquet'))).rejects.toThrow('(row 4 must be UTF-8, got other bytes)');
});

test('a file larger than any data set’s is not opened', async () => {
  const path = join(folder, 'hole.parquet');
  await writeFile(path, 'PAR1');
  await truncate(path, LARGEST_DATA_FILE + 1);
  await expect(parquetLines(path)).rejects.toThrow(
    `${path} must not be larger than 268,435,456 bytes, got 268,435,457`,
  );
});
