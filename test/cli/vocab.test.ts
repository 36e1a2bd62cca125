import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { main } from '../../src/cli/main.ts';
import { recordedIo } from './recorded-io.ts';

const folder = mkdtempSync(join(tmpdir(), 'vocab-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});
writeFileSync(join(folder, 'a.txt'), 'Ships sail home. Ships sail.\n');
const out = join(folder, 'out.txt');

async function vocab(...options: string[]) {
  const io = recordedIo();
  const code = await main(['vocab', 'train', ...options], io);
  return { code, stdout: io.stdout.text, stderr: io.stderr.text };
}

test('vocab train writes the file and says what is in it', async () => {
  const { code, stdout, stderr } = await vocab(`${folder}/*.txt`, '--size', '115', '-o', out);
  expect([code, stdout]).toEqual([0, '']);
  expect(stderr).toContain(`${out}: 115 entries, uncased (7 words, 4 of them different)\n`);
  expect(readFileSync(out, 'utf8').split('\n')).toHaveLength(116);
});

test.each([
  [['wordnett', '--size', '500', '-o', out], 'must be a shipped corpus or a path, got "wordnett"'],
  [['none.txt', '--size', '500', '-o', out], 'must be a file that exists, got "none.txt"'],
  [[`${folder}/a.txt`, '--size', '20', '-o', out], '--size must be at least'],
  [[`${folder}/a.txt`, '--size', '70000', '-o', out], 'It must be a whole number from 1 to 65536'],
  [[`${folder}/a.txt`, '--size', '200', '-o', `${folder}/a.txt/x`], 'Choose another file with -o'],
  [[`${folder}/a.txt`, '-o', out], "required option '--size <n>' not specified"],
])('a mistake is named: %j', async (options, message) => {
  const { code, stderr } = await vocab(...options);
  expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
});
