import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { UserError } from '../../src/errors.ts';
import { tasks } from '../../src/tasks/index.ts';
import type { ClassificationTask, SpanTask } from '../../src/tasks/task.ts';
import { heldOutVersion, loadExamples } from '../../src/text/task-data.ts';

// Made by test/oracle/parquet.py.
const FOLDER = 'test/fixtures/parquet';
const cola = tasks.find(({ name }) => name === 'glue-cola') as ClassificationTask;
const squad = tasks.find(({ name }) => name === 'squad-1.1') as SpanTask;

test('the hub’s Parquet files are read like any others', async () => {
  expect((await loadExamples(cola, { glue: FOLDER })).test).toEqual([
    { text: 'It is.', label: 1 },
    { text: 'Is it \u00e9 is.', label: 0 },
  ]);
  expect((await loadExamples(squad, { squad: FOLDER })).test).toMatchObject([
    { id: 'q', question: 'Who won?', answers: ['William'], start: 8, end: 15 },
  ]);
});

test('a damaged one is refused by its name, wherever it is cut or changed', async () => {
  const whole = readFileSync(join(FOLDER, 'cola/train-00000-of-00001.parquet'));
  const changed = (at: number) => Uint8Array.from(whole, (byte, index) => (index === at ? 0xff : byte));
  const cut = [0, 3, 11, whole.length >> 1, whole.length - 1].map((length) => whole.subarray(0, length));
  for (const bytes of [...cut, changed(whole.length - 6), changed(whole.length - 2)]) {
    // A folder of its own: what was read once is kept.
    const folder = mkdtempSync(join(tmpdir(), 'growbench-'));
    try {
      cpSync(join(FOLDER, 'cola'), join(folder, 'cola'), { recursive: true });
      const path = join(folder, 'cola/train-00000-of-00001.parquet');
      writeFileSync(path, bytes);
      const error: unknown = await loadExamples(cola, { glue: folder }).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(UserError);
      expect((error as UserError).message).toContain(`${path} cannot be read as Parquet (`);
    } finally {
      rmSync(folder, { recursive: true });
    }
  }
});

test('a file that is not UTF-8 is refused with the line where that shows', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'growbench-'));
  try {
    mkdirSync(join(folder, 'CoLA'));
    const sound = 'x\t1\t\tIt is.\n';
    writeFileSync(join(folder, 'CoLA/train.tsv'), sound);
    writeFileSync(join(folder, 'CoLA/dev.tsv'), Buffer.from(`${sound}x\t1\t\t\u00c9t\u00e9.\n`, 'latin1'));
    const error: unknown = await loadExamples(cola, { glue: folder }).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(UserError);
    expect((error as UserError).message).toBe(`${join(folder, 'CoLA/dev.tsv')}:2 must be UTF-8, got other bytes`);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('data that is not given is asked for', () => {
  expect(() => loadExamples(cola, {})).toThrow('glue-cola needs the folder of its data, got no data.glue');
});

test('what is kept out of pre-training stays as it is: to change it makes every loss of before another one', () => {
  expect(heldOutVersion()).toBe('wordnet-topic@1 wordnet-sense@1 wordnet-span@1 wordnet-entailment@1');
});
