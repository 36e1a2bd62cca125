import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Engine } from '../../src/engine/engine.ts';
import { readPredictions } from '../../src/run/predictions.ts';
import type { CellResult } from '../../src/run/record.ts';
import { targetShape, type Settings } from '../../src/run/spec.ts';
import { accuracy } from '../../src/tasks/metrics.ts';
import { normalizeAnswer } from '../../src/tasks/span-metrics.ts';
import type { ClassificationTask } from '../../src/tasks/task.ts';
import { finetune } from '../../src/train/finetune.ts';
import { initialState } from '../../src/train/init.ts';
import { noCheckpoints, runCell } from './whole-cell.ts';
import { openTestEngine } from '../engine/engines.ts';
import { repetitiveCorpus, tinyCell, tinySettings } from './tiny.ts';

let engine: Engine;
let folder = '';
beforeAll(async () => {
  engine = await openTestEngine();
  folder = await mkdtemp(join(tmpdir(), 'growbench-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function write(name: string, text: string): Promise<void> {
  await mkdir(join(folder, name, '..'), { recursive: true });
  await writeFile(join(folder, name), text);
}

const WORDS = 'a b c d e f g h i j'.split(' ');
/** Words in an order that changes with `index`. */
const words = (index: number) =>
  WORDS.map((_, place) => WORDS[(place * (1 + 2 * (index % 4)) + index) % 10]!).join(' ');
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + index);
const lines = (header: string, rows: readonly string[]) => [header, ...rows, ''].join('\n');

/** The test set is the development set without its labels, backwards: its predictions must score what the record says. */
async function writeGlue(): Promise<void> {
  const text = (index: number) => `${index % 3 === 0 ? 'good good' : 'bad bad'} ${WORDS[index % 10]!}`;
  const sst = (index: number) => `${text(index)}\t${index % 3 === 0 ? 1 : 0}`;
  const unlabelledSst = range(40, 76).map((index) => `${index}\t${text(index)}`);
  await write('SST-2/train.tsv', lines('sentence\tlabel', range(0, 40).map(sst)));
  await write('SST-2/dev.tsv', lines('sentence\tlabel', range(40, 76).map(sst)));
  await write('SST-2/test.tsv', lines('index\tsentence', unlabelledSst.toReversed()));
  const label = (index: number) => ['entailment', 'neutral', 'contradiction'][index % 3]!;
  const pair = (index: number) => `${words(index)}\t${words(index + 1)}`;
  const nli = (index: number) => `${pair(index)}\t${label(index)}`;
  const header = 'sentence1\tsentence2\tgold_label';
  await write('MNLI/train.tsv', lines(header, range(0, 40).map(nli)));
  await write('MNLI/dev_matched.tsv', lines(header, range(40, 60).map(nli)));
  await write('MNLI/dev_mismatched.tsv', lines(header, range(60, 85).map(nli)));
  const unlabelled = (index: number) => `${index}\t${pair(index)}`;
  await write('MNLI/test_matched.tsv', lines('index\tsentence1\tsentence2', range(40, 60).map(unlabelled)));
  await write(
    'MNLI/test_mismatched.tsv',
    lines('index\tsentence1\tsentence2', [...range(60, 85).map(unlabelled), '85\tshort']),
  );
}

async function writeSquad(): Promise<void> {
  const passage = `${words(0)} ${words(1)} z ${words(2)}`;
  const question = (index: number) => ({
    ...{ id: `q${index}`, question: WORDS[index % 10]! },
    ...(index % 2 === 0
      ? { answers: [{ text: 'z', answer_start: passage.indexOf('z') }] }
      : { answers: [], is_impossible: true }),
  });
  const data = (qas: readonly object[]) => JSON.stringify({ data: [{ paragraphs: [{ context: passage, qas }] }] });
  for (const version of ['1.1', '2.0']) {
    await write(`train-v${version}.json`, data(range(0, 32).map(question)));
    await write(`dev-v${version}.json`, data(range(0, 9).map(question)));
  }
}

async function run(changes: Partial<Settings['finetune']>, predictions: string | null = join(folder, 'predictions')) {
  const tiny = tinySettings();
  const finetune = { ...tiny.finetune, examples: 32, rate: 1e-2, ...changes };
  const data = { ...tiny.data, glue: folder, squad: folder };
  const cell = tinyCell({ ...tiny, data, finetune, train: { ...tiny.train, steps: 4 } });
  const signal = new AbortController().signal;
  return runCell({ engine, cell, corpus: repetitiveCorpus, onEvent: () => undefined, signal }, null, predictions);
}

const file = (name: string) => readFile(join(folder, 'predictions', 'cell', name), 'utf8');
const json = async (name: string) => JSON.parse(await file(name)) as Readonly<Record<string, unknown>>;
async function table(name: string): Promise<string[][]> {
  const [header, ...rows] = (await file(name)).trimEnd().split('\n');
  expect(header).toMatch(/^index\tprediction(\tlabel)?$/);
  return rows.map((row) => row.split('\t'));
}
const timeless = ({ tasks }: CellResult) =>
  Object.entries(tasks).map(([name, { metrics, runs }]) => [name, metrics, runs]);

test('the test sets are predicted by the run that the record counts, which is the same as without', async () => {
  await writeGlue();
  const overrides = { 'glue-sst2': { seeds: 3, rate: [1e-2, 1e-5], epochs: 3 } };
  const result = await run({ tasks: ['glue-sst2', 'glue-mnli'], overrides });
  expect(timeless(await run({ tasks: ['glue-sst2'], overrides }, null))).toEqual(timeless(result).slice(0, 1));

  const sst = await table('SST-2.tsv');
  expect(sst.map(([index]) => Number(index))).toEqual(range(40, 76).toReversed());
  const said = sst.map(([, prediction]) => Number(prediction));
  expect(new Set(said).size).toBe(2);
  const right = sst.map(([index]) => (Number(index) % 3 === 0 ? 1 : 0));
  expect(accuracy(said, right)).toBe(result.tasks['glue-sst2']!.metrics['accuracy']);

  const mnli = [...(await table('MNLI-m.tsv')), ...(await table('MNLI-mm.tsv'))];
  expect(mnli.map(([index]) => Number(index))).toEqual(range(40, 85));
  const names = ['entailment', 'neutral', 'contradiction'];
  const numbers = mnli.map(([, prediction]) => names.indexOf(prediction!));
  expect(
    accuracy(
      numbers.slice(0, 20),
      range(40, 60).map((index) => index % 3),
    ),
  ).toBe(result.tasks['glue-mnli']!.metrics['accuracy_m']);
  expect(
    accuracy(
      numbers.slice(20),
      range(60, 85).map((index) => index % 3),
    ),
  ).toBe(result.tasks['glue-mnli']!.metrics['accuracy_mm']);
  const [mnliMeta, sstMeta] = await readPredictions(join(folder, 'predictions', 'cell'));
  expect(sstMeta).toMatchObject({
    task: 'glue-sst2',
    rate: result.tasks['glue-sst2']!.rate,
    missing: [],
    warnings: [],
  });
  expect(mnliMeta).toEqual({
    ...{ task: 'glue-mnli', rate: 1e-2, seed: 1, files: ['MNLI-m.tsv', 'MNLI-mm.tsv'] },
    missing: [{ file: 'AX.tsv', why: `glue-mnli needs diagnostic/diagnostic.tsv in ${folder}, which is not there` }],
    warnings: [expect.stringContaining('MNLI/test_mismatched.tsv: 1 of 26 lines left out')],
  });
});

test('the development sets of SQuAD are answered as the record scores them', async () => {
  await writeSquad();
  const tasks = ['squad-1.1', 'squad-2.0'];
  const result = await run({ tasks, overrides: { 'squad-2.0': { 'null-threshold': 'best', epochs: 4 } } });
  const right = range(0, 9).map((index) => (index % 2 === 0 ? 'z' : ''));
  const matches = (said: Readonly<Record<string, unknown>>, asked: readonly number[]) =>
    asked.filter((index) => normalizeAnswer(said[`q${index}`] as string) === right[index]).length / asked.length;

  const first = await json('squad-1.1/predictions.json');
  // Of 1.1 only those that have an answer are asked.
  expect(Object.keys(first)).toEqual(
    range(0, 9)
      .filter((index) => index % 2 === 0)
      .map((index) => `q${index}`),
  );
  expect(matches(first, [0, 2, 4, 6, 8])).toBe(result.tasks['squad-1.1']!.metrics['exact_match']);
  expect((await readdir(join(folder, 'predictions', 'cell', 'squad-1.1'))).sort()).toEqual([
    'nbest_predictions.json',
    'predictions.json',
  ]);

  const second = await json('squad-2.0/predictions.json');
  expect(matches(second, range(0, 9))).toBe(result.tasks['squad-2.0']!.metrics['exact_match']);
  expect(result.tasks['squad-2.0']!.metrics['f1']).toBe(result.tasks['squad-2.0']!.metrics['best_f1']);
  expect(result.warnings.filter((warning) => warning.startsWith('squad-2.0: the threshold'))).toHaveLength(1);
  const odds = await json('squad-2.0/null_odds.json');
  expect(Object.values(odds).every(Number.isFinite)).toBe(true);
  const answered = Object.keys(second)
    .filter((id) => second[id] !== '')
    .map((id) => odds[id] as number);
  const unanswered = Object.keys(second)
    .filter((id) => second[id] === '')
    .map((id) => odds[id] as number);
  expect(Math.max(-Infinity, ...answered)).toBeLessThan(Math.min(Infinity, ...unanswered));

  // The text is answered up to the threshold, as the official script counts it.
  const { nullThreshold } = result.tasks['squad-2.0']!;
  expect(Math.max(-Infinity, ...answered)).toBeLessThanOrEqual(nullThreshold!);
  expect(Math.min(Infinity, ...unanswered)).toBeGreaterThan(nullThreshold!);
  expect(await json('squad-2.0.meta.json')).toMatchObject({ nullThreshold });
  expect([result.tasks['squad-1.1']!, await json('squad-1.1.meta.json')].some((own) => 'nullThreshold' in own)).toBe(
    false,
  );
});

test('of several runs each has the threshold that it chose, and the record that of the run that speaks for all', async () => {
  await writeSquad();
  const overrides = { 'squad-2.0': { 'null-threshold': 'best', rate: [1e-5, 1e-2], epochs: 6 } } as const;
  const { nullThreshold, rate, runs } = (await run({ tasks: ['squad-2.0'], overrides })).tasks['squad-2.0']!;
  const chosen = runs!.map((one) => one.nullThreshold);
  expect(rate).toBe(1e-2);
  expect(chosen).toEqual([expect.any(Number), nullThreshold]);
  expect(chosen[0]).not.toBe(nullThreshold);
  expect(await json('squad-2.0.meta.json')).toMatchObject({ rate, nullThreshold });
});

test('what is no benchmark’s is predicted on its own test examples, beside the labels', async () => {
  const examples = range(0, 48).map((index) => ({ text: words(index), label: index % 2 }));
  const task: ClassificationTask = {
    ...{ name: 'even', kind: 'classification', summary: '', version: 1, data: 'wordnet', files: [], baselines: [] },
    ...{ labels: ['even', 'odd'], metrics: [{ name: 'accuracy', higherIsBetter: true }] },
    examples: () => ({ train: examples.slice(0, 32), test: examples.slice(32) }),
    score: (said, scored) => ({
      accuracy: accuracy(
        said,
        scored.map(({ label }) => label),
      ),
    }),
    texts: ({ text }) => [text],
  };
  const settings = tinySettings();
  const [shape, signal] = [targetShape(settings), new AbortController().signal];
  const whole = { engine, cell: tinyCell(settings), corpus: repetitiveCorpus, onEvent: () => undefined, signal };
  const model = { shape, state: initialState(shape, settings.model.init, 1) };
  const own = join(folder, 'predictions', whole.cell.id);
  const { record } = await finetune(whole, task, model, [own], noCheckpoints());
  const rows = await table('even.tsv');
  expect(rows.map(([index, , label]) => [index, label])).toEqual(
    range(0, 16).map((index) => [String(index), index % 2 === 0 ? 'even' : 'odd']),
  );
  expect(rows.filter(([, said, label]) => said === label).length / 16).toBe(record.metrics['accuracy']);
});
