import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadSweep } from '../../src/sweep/load.ts';
import { mistakeOf } from './folder.ts';

const FOLDER = 'test/fixtures/broken';
const named = (ending: string) =>
  readdirSync(FOLDER)
    .filter((file) => file.endsWith(ending))
    .map((file) => file.slice(0, -ending.length));
const names = named('.yaml');
const messages = named('.txt');

const mistakeIn = (file: string, set: readonly string[] = []) => mistakeOf(loadSweep(file, { set }));

test('every broken sweep has its message beside it', () => {
  expect(names.length).toBeGreaterThanOrEqual(30);
  expect(messages).toEqual(names);
});

describe.each(names)('%s', (name) => {
  test('is refused with exactly the message beside it', async () => {
    const { message, hint } = await mistakeIn(`${FOLDER}/${name}.yaml`);
    await expect(`${message}\n${hint}\n`).toMatchFileSnapshot(resolve(FOLDER, `${name}.txt`));
  });

  test('is refused without a stack trace, a class name or a control character', async () => {
    const { message, hint } = await mistakeIn(`${FOLDER}/${name}.yaml`);
    expect(`${message}\n${hint}`).not.toMatch(
      /^\s+at |node:|node_modules|Exception|Error:|undefined|\[object|[^\P{Cc}\n]/mu,
    );
  });

  test('every caret stands under the line and column that its message names', async () => {
    const { message } = await mistakeIn(`${FOLDER}/${name}.yaml`);
    const text = readFileSync(`${FOLDER}/${name}.yaml`, 'latin1').split(/\r?\n/);
    for (const block of message.split('\n\n').filter((part) => part.includes('^'))) {
      const [, line, column] = /^[^:]+:(\d+):(\d+): /.exec(block) ?? [];
      const rows = block.split('\n');
      const caret = rows.findIndex((row) => /^\s+\|\s+\^$/.test(row));
      const pointed = rows[caret - 1]!.slice(rows[caret]!.indexOf('^'));
      const written = text[Number(line) - 1]!.slice(Number(column) - 1);
      expect(written.replaceAll('\t', ' ').startsWith(pointed), block).toBe(true);
    }
  });
});

test('nine lines of aliases that stand for a billion values are refused within a second', async () => {
  const start = performance.now();
  expect((await mistakeIn(`${FOLDER}/alias-bomb.yaml`)).message).toContain('10,000 values');
  expect(performance.now() - start).toBeLessThan(1000);
});

test('no key of a sweep file reaches the prototype of other objects', async () => {
  await mistakeIn(`${FOLDER}/proto-keys.yaml`);
  await mistakeIn(`${FOLDER}/arm-name.yaml`);
  await mistakeIn('experiments/quickstart.yaml', ['__proto__.polluted=1', 'model.__proto__.polluted=1']);
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  expect(({} as Record<string, unknown>)['train']).toBeUndefined();
});

describe('a path that is no sweep file', () => {
  test.each([
    ['test/fixtures/missing.yaml', 'does not exist'],
    ['package.json/x.yaml', 'does not exist'],
    ['test/fixtures', 'is a folder'],
    ['..yaml', 'must have a name'],
  ])('%s', async (file, words) => {
    expect((await mistakeIn(file)).message).toContain(words);
  });

  test('a file above 1 MiB', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'growbench-'));
    const file = join(folder, 'large.yaml');
    writeFileSync(file, '#'.repeat(1024 * 1024 + 1));
    const { message } = await mistakeIn(file);
    rmSync(folder, { recursive: true });
    expect(message).toContain('must be at most 1 MiB');
  });
});
