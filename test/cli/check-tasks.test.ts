import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { main } from '../../src/cli/main.ts';
import type { TaskData } from '../../src/run/task-data.ts';
import { recordedIo } from './recorded-io.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'growbench-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function put(name: string, dev: string, train = dev): Promise<void> {
  await mkdir(join(folder, name), { recursive: true });
  await writeFile(join(folder, name, 'train.tsv'), train);
  await writeFile(join(folder, name, 'dev.tsv'), dev);
}

async function check(...options: readonly string[]) {
  const io = recordedIo({ columns: 200 });
  const code = await main(['tasks', ...options], io);
  return { code, text: io.stdout.text };
}

test('every task of a folder is read, bad lines are told, and what is not there is', async () => {
  await put('SST-2', 'sentence\tlabel\nfine\t1\npoor\t0\ncut\n', 'sentence\tlabel\nfine\t1\n');
  const { code, text } = await check('--glue', folder, '--json');
  const found = JSON.parse(text) as readonly TaskData[];
  expect(code).toBe(0);
  expect(found).toHaveLength(10);
  expect(found.find(({ task }) => task === 'glue-sst2')).toEqual({
    task: 'glue-sst2',
    files: ['SST-2/train.tsv', 'SST-2/dev.tsv'],
    train: 1,
    test: 2,
    warnings: ['SST-2/dev.tsv: 1 of 3 lines left out as unreadable, the first at line 4 (1 fields instead of 2)'],
    problem: null,
  });
  expect(found.find(({ task }) => task === 'glue-cola')?.problem).toContain('glue-cola needs CoLA/train.tsv in');
});

test('a file that is there and cannot be read fails the check', async () => {
  await put('SST-2', 'sentence\tlabel\nfine\t1\n');
  await put('RTE', 'index\tsentence1\tsentence2\n0\ta\tb\n');
  const { code, text } = await check('--glue', folder);
  expect(code).toBe(1);
  expect(text).toContain('RTE/train.tsv must have a column "label"');
});

test('so does a folder that holds nothing', async () => {
  expect((await check('--squad', folder)).code).toBe(1);
});
