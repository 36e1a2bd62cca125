import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, expect, test } from 'vitest';
import { extraRequirements, openWheel, unpackWheel } from '../../../src/engine/install/wheel.ts';
import { listZip, openEntry } from '../../../src/engine/install/zip.ts';
import { writeWheel } from './wheels.ts';

/** Written by Python's zipfile: a deflated file with mode 755, a folder, a stored file with mode 644, a comment. */
const PYTHONS =
  'UEsDBBQAAAAIAAAAIVBjvAVCEAAAAFgAAAAIAAAAYS9ydW4uc2hLTc7IV8hIzcnJ50qlJhMAUEsDBBQAAAAAAAAAIVAAAAAAAAAA' +
  'AAAAAAACAAAAYS9QSwMEFAAAAAAAAAAhUAv5Q1YGAAAABgAAAAUAAABiLnR4dHN0b3JlZFBLAQIUAxQAAAAIAAAAIVBjvAVCEAAA' +
  'AFgAAAAIAAAAAAAAAAAAAADtgQAAAABhL3J1bi5zaFBLAQIUAxQAAAAAAAAAIVAAAAAAAAAAAAAAAAACAAAAAAAAAAAAAACAATYA' +
  'AABhL1BLAQIUAxQAAAAAAAAAIVAL+UNWBgAAAAYAAAAFAAAAAAAAAAAAAACkgVYAAABiLnR4dFBLBQYAAAAAAwADAJkAAAB/AAAA' +
  'CQBhIGNvbW1lbnQ=';

const folder = mkdtempSync(join(tmpdir(), 'growbench-archive-'));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

test('files that Python zipped come out with their contents and modes, folders left out', async () => {
  const path = join(folder, 'pythons.zip');
  writeFileSync(path, Buffer.from(PYTHONS, 'base64'));
  const entries = await listZip(path);
  expect(entries.map(({ name, size, mode }) => [name, size, mode])).toEqual([
    ['a/run.sh', 88, 0o755],
    ['b.txt', 6, 0o644],
  ]);
  expect(await text(await openEntry(path, entries[0]!))).toBe('echo hello\n'.repeat(8));
  expect(await text(await openEntry(path, entries[1]!))).toBe('stored');
});

test('what is no zip archive, or only its beginning, is called so', async () => {
  const path = join(folder, 'page.whl');
  writeFileSync(path, '<html>please log in</html>');
  await expect(listZip(path)).rejects.toThrow('no readable zip directory');
  writeFileSync(path, Buffer.from(PYTHONS, 'base64').subarray(0, 150));
  await expect(listZip(path)).rejects.toThrow('no readable zip directory');
});

test('only the requirements of the extra asked for are read, in the spelling of old and new wheels', async () => {
  const path = join(folder, 'x-1.whl');
  const requires = [
    'numpy>=1.26.0',
    'nvidia-cublas-cu12<13.0,>=12.5; extra == "and-cuda"',
    "nvidia-nccl-cu12 (==2.16.5) ; extra == 'and-cuda'",
    'gcs>=0.23; extra == "gcs-filesystem"',
  ];
  writeWheel(path, 'x-1', {}, { requires });
  const found = await extraRequirements(await openWheel(path), 'and-cuda');
  expect(found).toEqual(['nvidia-cublas-cu12<13.0,>=12.5', 'nvidia-nccl-cu12==2.16.5']);
});

test.each(['../outside', '/outside', 'a/../../outside'])('a wheel cannot write to %s', async (name) => {
  const path = join(folder, 'sly-1.whl');
  writeWheel(path, 'sly-1', { [name]: 'gotcha' });
  const options = { wanted: () => true, onBytes: () => undefined, signal: new AbortController().signal };
  await expect(unpackWheel(await openWheel(path), join(folder, 'in'), options)).rejects.toThrow('leads out');
});
