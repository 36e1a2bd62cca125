import { mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { prepareCorpus } from '../../src/text/prepare.ts';

const folder = mkdtempSync(join(tmpdir(), 'damage-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});
const text = join(folder, 'ships.txt');
const cache = join(folder, 'cache');
const told: string[] = [];
const prepare = (signal?: AbortSignal) =>
  prepareCorpus(
    [text],
    1000,
    cache,
    () => undefined,
    signal,
    (what) => told.push(what),
  );

let shard = '';
let whole = Buffer.alloc(0);
beforeAll(async () => {
  writeFileSync(text, Array.from({ length: 400 }, (_, index) => `the ship number ${index} sails home.\n\n`).join(''));
  const { digest } = await prepare();
  shard = join(cache, digest, 'train.u16');
  whole = readFileSync(shard);
}, 120_000);

test('sound shards are taken as they are', async () => {
  const before = statSync(shard).ino;
  await prepare();
  expect([statSync(shard).ino, told]).toEqual([before, []]);
});

test.each([
  [
    'a flipped bit',
    () => {
      const bytes = Buffer.from(whole);
      bytes[1234]! ^= 4;
      writeFileSync(shard, bytes);
    },
    'train.u16 in the cache was damaged',
  ],
  [
    'a lost end',
    () => {
      truncateSync(shard, whole.length - 2);
    },
    'train.u16 in the cache was damaged',
  ],
  [
    'a lost file',
    () => {
      rmSync(shard);
    },
    'train.u16 was not in the cache',
  ],
])('%s is found, said, and mended', async (_, harm, what) => {
  told.length = 0;
  harm();
  const { train } = await prepare();
  expect(told).toEqual([what]);
  expect(readFileSync(shard).equals(whole)).toBe(true);
  expect(train.length).toBe(whole.length / 2);
});

test('shards from before there were digests are made again without a word', async () => {
  told.length = 0;
  rmSync(join(shard, '..', 'shards.json'));
  writeFileSync(shard, 'old');
  await prepare();
  expect(told).toEqual([]);
  expect(readFileSync(shard).equals(whole)).toBe(true);
});

test('of several who find the damage one mends it', async () => {
  told.length = 0;
  truncateSync(shard, 100);
  const both = await Promise.all([prepare(), prepare(), prepare()]);
  expect(told).toHaveLength(1);
  expect(both.map(({ train }) => train.length)).toEqual([1, 1, 1].map(() => whole.length / 2));
});

test('looking for damage ends when it is stopped', async () => {
  await expect(prepare(AbortSignal.abort(new Error('stopped')))).rejects.toThrow('stopped');
});
