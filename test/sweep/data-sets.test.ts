import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { protocolOf } from '../../src/run/protocol.ts';
import { cellsOf } from '../../src/run/spec.ts';
import { loadSweep } from '../../src/sweep/load.ts';
import { mistakeOf } from './folder.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'growbench-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

function write(files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
}

const sweep = (data: string, finetune: string): string => `base:
  model: { layers: 2, hidden: 16, heads: 2 }
  train: { steps: 100, rate: 1e-3 }
  data: { ${data} }
  finetune: { ${finetune} }
arms: { full: {} }
`;
const COLA = { 'glue/CoLA/train.tsv': 'a\t1\t\tIt is.\n', 'glue/CoLA/dev.tsv': 'a\t0\t\tIs it is.\n' };

const load = (text: string) => {
  write({ 'sweep.yaml': text });
  return loadSweep(join(folder, 'sweep.yaml'));
};
const idOf = async (text: string) => cellsOf({ ...(await load(text)), engine: { name: 'wasm', xla: 'off' } })[0]!.id;
const mistakeIn = (text: string) => mistakeOf(load(text));

describe('the folder of a data set', () => {
  test('is found from the sweep file', async () => {
    write(COLA);
    const { arms } = await load(sweep('glue: glue', 'tasks: [glue-cola]'));
    expect(arms[0]!.settings.data.glue).toBe(join(folder, 'glue'));
  });

  test('names a cell by what is in the files of its tasks, not by where they lie', async () => {
    write({ ...COLA, 'glue/QQP/train.tsv': 'not read' });
    const before = await idOf(sweep('glue: glue', 'tasks: [glue-cola]'));
    write(Object.fromEntries(Object.entries(COLA).map(([name, text]) => [`elsewhere/${name}`, text])));
    expect(await idOf(sweep('glue: elsewhere/glue', 'tasks: [glue-cola]'))).toBe(before);
    write({ 'glue/QQP/train.tsv': 'changed' });
    expect(await idOf(sweep('glue: glue', 'tasks: [glue-cola]'))).toBe(before);
    write({ 'glue/CoLA/dev.tsv': 'a\t1\t\tIt is so.\n' });
    expect(await idOf(sweep('glue: glue', 'tasks: [glue-cola]'))).not.toBe(before);
  });

  test('matters to no cell that does not use it', async () => {
    write(COLA);
    const without = await idOf(sweep('vocab: 1000', 'tasks: [wordnet-topic]'));
    expect(await idOf(sweep('vocab: 1000, glue: glue', 'tasks: [wordnet-topic]'))).toBe(without);
  });

  test.each([
    [
      'is not given',
      'vocab: 1000',
      'tasks: [glue-cola, squad-1.1]',
      'glue-cola needs the folder of its data, got no data.glue',
    ],
    [
      'is not there',
      'glue: nowhere',
      'tasks: [glue-cola]',
      'base.data.glue must be a folder that exists, got "nowhere"',
    ],
    ['lacks a file', 'glue: glue', 'tasks: [glue-cola, glue-rte]', 'glue-rte needs RTE/train.tsv in '],
  ])('is asked for where it %s', async (_, data, finetune, words) => {
    write(COLA);
    expect((await mistakeIn(sweep(data, finetune))).message).toContain(words);
  });
});

describe('a protocol of a task’s own', () => {
  test('changes what it names and nothing else', async () => {
    const text = sweep(
      'vocab: 1000',
      'tasks: [wordnet-topic, wordnet-span], epochs: 2, overrides: { wordnet-span: { rate: [1e-3, 1e-4], seeds: 3, examples: all, warmup: 20% } }',
    );
    const { settings } = (await load(text)).arms[0]!;
    const common = { examples: null, epochs: 2, batch: 32, length: 128, nullThreshold: 0 };
    expect(protocolOf(settings, 'wordnet-topic')).toEqual({ ...common, rates: [3e-4], seeds: 1, warmup: 0.1 });
    expect(protocolOf(settings, 'wordnet-span')).toEqual({ ...common, rates: [1e-3, 1e-4], seeds: 3, warmup: 0.2 });
  });

  test('is laid over that of base key by key by an arm', async () => {
    const text = `vary: [finetune]\n${sweep('vocab: 1000', 'tasks: [wordnet-span], overrides: { wordnet-span: { epochs: 7, batch: 8 } }')}`;
    const arm = 'arms: { full: {}, other: { finetune: { overrides: { wordnet-span: { batch: 16 } } } } }';
    const { arms } = await load(text.replace('arms: { full: {} }', arm));
    expect(protocolOf(arms[1]!.settings, 'wordnet-span')).toMatchObject({ epochs: 7, batch: 16 });
  });

  test.each([
    ['wordnet-spam: { epochs: 1 }', 'base.finetune.overrides.wordnet-spam must be the name of a task'],
    ['wordnet-span: { epoch: 1 }', 'base.finetune.overrides.wordnet-span.epoch is not a setting'],
    ['wordnet-span: { rate: [] }', 'must list at least 1, got 0'],
    ['wordnet-span: { length: 500 }', 'finetune.overrides.length must be at most model.positions'],
  ])('is refused: %s', async (own, words) => {
    const { message } = await mistakeIn(sweep('vocab: 1000', `tasks: [wordnet-span], overrides: { ${own} }`));
    expect(message).toContain(words);
    expect(message).toMatch(/sweep\.yaml:5:/);
  });
});

describe('finetune.null-threshold', () => {
  const questions = (id: string) =>
    JSON.stringify({
      data: [
        { paragraphs: [{ context: 'It is.', qas: [{ id, question: 'Why?', answers: [], is_impossible: true }] }] },
      ],
    });
  const squad = sweep('vocab: 1000, squad: .', 'tasks: [wordnet-span, squad-2.0], null-threshold: best');
  const withArm = (finetune: string) =>
    `vary: [finetune]\n${squad.replace('{ full: {} }', `{ full: {}, other: { finetune: { ${finetune} } } }`)}`;
  beforeEach(() => {
    write({ 'train-v2.0.json': questions('a'), 'dev-v2.0.json': questions('b') });
  });

  test('is taken where one of several tasks has questions without an answer', async () => {
    const { arms } = await load(squad);
    expect(protocolOf(arms[0]!.settings, 'squad-2.0').nullThreshold).toBe('best');
  });

  test('must be of use in every arm, or be that task’s own', async () => {
    const { message } = await mistakeIn(withArm('tasks: [wordnet-span]'));
    expect(message).toMatch(/sweep\.yaml:7:\d+: null-threshold needs a task whose questions may .* got wordnet-span/);
    const own = withArm('tasks: [wordnet-span]').replace(
      'null-threshold: best',
      'overrides: { squad-2.0: { null-threshold: best } }',
    );
    expect((await load(own)).arms).toHaveLength(2);
  });
});

describe('a corpus of several files', () => {
  const TEXTS = { 'texts/b.txt': 'B.', 'texts/a.jsonl': '{"text": "A."}', 'texts/deep/c.txt': 'C.' };

  test('is every file of a folder or a glob, in order', async () => {
    write({ ...TEXTS, 'texts/README.md': 'not text' });
    const corpusOf = async (entry: string) =>
      (await load(sweep(`corpus: [${entry}]`, 'tasks: []'))).arms[0]!.settings.data.corpus.map((path) =>
        path.replace(`${folder}/`, ''),
      );
    expect(await corpusOf('texts')).toEqual(['texts/a.jsonl', 'texts/b.txt', 'texts/deep/c.txt']);
    expect(await corpusOf('"texts/**/*.txt", sotu')).toEqual(['texts/b.txt', 'texts/deep/c.txt', 'sotu']);
  });

  test('names a cell by what is in its files, however they are listed', async () => {
    write(TEXTS);
    const before = await idOf(sweep('corpus: [texts]', 'tasks: []'));
    expect(await idOf(sweep('corpus: [texts/a.jsonl, texts/b.txt, texts/deep/c.txt]', 'tasks: []'))).toBe(before);
    write({ 'texts/b.txt': 'Other.' });
    expect(await idOf(sweep('corpus: [texts]', 'tasks: []'))).not.toBe(before);
  });

  test('counts no text twice', async () => {
    write(TEXTS);
    const { message } = await mistakeIn(sweep('corpus: [texts, texts/b.txt]', 'tasks: []'));
    expect(message).toMatch(/corpus\[1\] must not stand for text that is listed before, but does for .*texts\/b\.txt/);
  });
});
