import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { main } from '../../src/cli/main.ts';
import { recordsOf, writeResults } from './diff-results.ts';
import { recordedIo } from './recorded-io.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'growbench-'));
  await writeResults(join(folder, 'sweep'), recordsOf(0.1));
  await mkdir(join(folder, 'empty'));
});
afterAll(() => rm(folder, { recursive: true }));

async function report(...argv: readonly string[]) {
  const io = recordedIo();
  const code = await main(['report', ...argv], io);
  return { code, out: io.stdout.text, err: io.stderr.text };
}

describe('growbench report', () => {
  test('writes the page into the results folder and says where', async () => {
    const path = join(folder, 'sweep', 'report.html');
    expect(await report(join(folder, 'sweep'))).toEqual({ code: 0, out: '', err: `growbench: wrote ${path}\n` });
    expect(await readFile(path, 'utf8')).toMatch(/^<!doctype html>[^]*<\/html>\s*$/i);
  });

  test('writes it elsewhere with -o, and to stdout with -o -, the same text', async () => {
    const path = join(folder, 'deep', 'page.html');
    expect((await report(join(folder, 'sweep'), '-o', path)).code).toBe(0);
    const { code, out, err } = await report(join(folder, 'sweep'), '-o', '-');
    expect([code, err]).toEqual([0, '']);
    expect(out).toBe(await readFile(path, 'utf8'));
    expect(out).toContain('detectably worse: stack');
  });

  test.each([
    ['empty', 'is not a results folder: there is no results.meta.json in it'],
    ['nowhere', 'is not a results folder'],
  ])('refuses %s', async (name, message) => {
    const { code, out, err } = await report(join(folder, name));
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain(message);
    expect(err).not.toContain('    at ');
  });

  test('says what is wrong with a place that it cannot write to', async () => {
    const { code, err } = await report(join(folder, 'sweep'), '-o', join(folder, 'sweep', 'results.csv', 'x.html'));
    expect(code).toBe(2);
    expect(err).toContain('Name another place with --output.');
  });
});
