import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Engine } from '../../src/engine/engine.ts';
import { machine } from '../../src/run/machine.ts';
import { writeNodeRecord } from '../../src/run/node-store.ts';
import type { FinetuningNode, FinetuningResult } from '../../src/run/node.ts';
import { targetShape, type Settings } from '../../src/run/spec.ts';
import { initialState } from '../../src/train/init.ts';
import { writeState } from '../../src/train/node-state.ts';
import { runNode } from '../../src/train/trainer.ts';
import { openTestEngine, TEST_ENGINE } from '../engine/engines.ts';
import { repetitiveCorpus, tinyCell, tinySettings } from './tiny.ts';

let engine: Engine;
let folder = '';
beforeAll(async () => {
  engine = await openTestEngine();
  folder = await mkdtemp(join(tmpdir(), 'growbench-'));
  const { model } = tinySettings();
  await writeState(folder, 'parent', initialState(targetShape(tinySettings()), model.init, 1), 'parameters');
});
afterAll(() => rm(folder, { recursive: true }));

/** An attempt's own folders: what one test leaves is nothing to another. */
let [nodes, glue, predictions] = ['', '', ''];
beforeEach(async () => {
  const own = await mkdtemp(join(folder, 'test-'));
  [nodes, glue, predictions] = [join(own, 'nodes'), join(own, 'glue'), join(own, 'predictions')];
  await cp(join(folder, 'parent'), join(nodes, 'parent'), { recursive: true });
  await mkdir(join(glue, 'SST-2'), { recursive: true });
  const text = (index: number) => `${index % 3 === 0 ? 'good' : 'bad'} ${'abcdefg'[index % 7]!}`;
  const labelled = (index: number) => `${text(index)}\t${index % 3 === 0 ? 1 : 0}`;
  await write('train', 'sentence\tlabel', counted(32).map(labelled));
  await write('dev', 'sentence\tlabel', counted(12).map(labelled));
  await writeTest(counted(20).map(text));
});

const counted = (size: number) => Array.from({ length: size }, (_, index) => index);
const write = (name: string, header: string, rows: readonly string[]) =>
  writeFile(join(glue, 'SST-2', `${name}.tsv`), [header, ...rows, ''].join('\n'));
const writeTest = (texts: readonly string[]) =>
  write(
    'test',
    'index\tsentence',
    texts.map((text, index) => `${index}\t${text}`),
  );

const [STEPS, TEST_BATCHES, FURTHER_BATCHES] = [4, 2, 3];
/** Steps and batches of a run. */
const CALLS = STEPS + TEST_BATCHES + FURTHER_BATCHES;
/** Where only the test examples are answered. */
const UNASKED = STEPS + TEST_BATCHES;

const node: FinetuningNode = { kind: 'finetuning', address: 'node', parent: 'parent', task: 'glue-sst2' };

interface Attempt {
  /** How many steps and batches it takes before it is told to stop. */
  readonly calls?: number;
  readonly checkpointEvery?: number;
  readonly predicts?: boolean;
  readonly rates?: readonly number[];
}

/** Two seeds at each of two rates; `begins` is the first step or batch that it takes, counted over all runs from 1. */
async function attempt({ calls = Infinity, checkpointEvery = 600, predicts = true, rates = [1e-2, 1e-3] }: Attempt) {
  const tiny = tinySettings();
  const finetune: Settings['finetune'] = {
    ...{ ...tiny.finetune, tasks: ['glue-sst2'], batch: 8, rate: rates, seeds: 2 },
  };
  const cell = tinyCell({ ...tiny, data: { ...tiny.data, glue }, finetune });
  const stop = new AbortController();
  const told: number[] = [];
  const losses: number[] = [];
  const onEvent: Parameters<typeof runNode>[0]['onEvent'] = (event) => {
    if (event.type !== 'finetune' && event.type !== 'predict') return;
    told.push(event.share);
    if (event.type === 'finetune') losses.push(event.loss);
    if (told.length === calls) stop.abort(new Error('stopped'));
  };
  const result = (await runNode(
    { engine, cell, signal: stop.signal, onEvent },
    { node, cell, cells: ['cell'], before: null, head: null, keep: 'parameters' },
    { cache: nodes, nodes, models: null, predictions: predicts ? predictions : null, checkpointEvery },
    () => Promise.resolve(repetitiveCorpus),
  )) as FinetuningResult;
  return { result, told, losses, files: predicts ? await predicted() : [] };
}

const stopped = (options: Attempt) => expect(attempt(options)).rejects.toThrow('stopped');

/** A result without the times that it took. */
const numbers = ({ record, warnings }: FinetuningResult) => ({ ...record, seconds: 0, warnings });

async function predicted(): Promise<(readonly [string, string])[]> {
  const own = join(predictions, 'cell');
  const names = (await readdir(own)).sort();
  return Promise.all(names.map(async (name) => [name, await readFile(join(own, name), 'utf8')] as const));
}

const checkpoints = async () =>
  (await readdir(join(nodes, 'node'))).filter((name) => name.endsWith('.safetensors')).sort();

const removePredictions = () => rm(predictions, { recursive: true, force: true });

const wholes = new Map<string, ReturnType<typeof attempt>>();
/** What an attempt that nobody stops comes to, made once. */
async function undisturbed(options: Attempt = {}) {
  const key = JSON.stringify(options);
  const whole = wholes.get(key) ?? attempt(options);
  wholes.set(key, whole);
  await whole;
  await removePredictions();
  return whole;
}

async function goesOn(calls: number): Promise<void> {
  const whole = await undisturbed();
  await stopped({ calls });
  expect(await checkpoints()).toEqual([`checkpoint-${calls}.safetensors`]);
  const rest = await attempt({});
  expect(rest.told).toEqual(whole.told.slice(calls));
  expect(rest.losses).toEqual(whole.losses.slice(whole.losses.length - rest.losses.length));
  expect(numbers(rest.result)).toEqual(numbers(whole.result));
  expect(rest.files).toEqual(whole.files);
}

test.each([
  ['within the first run', 1],
  ['between two runs', CALLS],
  ['within the second rate', 2 * CALLS + 3],
])('a fine-tuning that was stopped %s goes on from there, to the same bits', (_, calls) => goesOn(calls));

/** What is the same on every engine, and takes long on one that records what it runs. */
const once = describe.runIf(TEST_ENGINE === 'wasm');

once('so does one that was stopped', () => {
  test.each([
    ['when a run has learned', STEPS],
    ['while it answers the test examples', STEPS + 1],
    ['while it answers a set without labels', UNASKED + 2],
    ['after the first step of a run', CALLS + 1],
    ['before the last batch', 4 * CALLS - 1],
  ])('%s', (_, calls) => goesOn(calls));

  test('stopped again and again', async () => {
    const whole = await undisturbed();
    for (const calls of [3, 3, 5, 9, 11]) await stopped({ calls });
    expect(await checkpoints()).toEqual(['checkpoint-20.safetensors', 'checkpoint-31.safetensors']);
    const rest = await attempt({});
    expect([numbers(rest.result), rest.files]).toEqual([numbers(whole.result), whole.files]);
  });

  test('where the numbers have run away', async () => {
    const rates = [1e30, 1e-2];
    const whole = await undisturbed({ rates });
    const [calls, wild] = [3, whole.losses.slice(0, STEPS)];
    expect(wild.every(Number.isFinite)).toBe(false);
    await stopped({ rates, calls });
    const rest = await attempt({ rates });
    expect(rest.told).toEqual(whole.told.slice(calls));
    expect([numbers(rest.result), rest.files]).toEqual([numbers(whole.result), whole.files]);
  });
});

once('the checkpoints of a fine-tuning', () => {
  test('are taken in between too, the last two stay, and none is of the end', async () => {
    await attempt({ checkpointEvery: 0 });
    expect(await checkpoints()).toEqual([2, 1].map((before) => `checkpoint-${4 * CALLS - before}.safetensors`));
  });

  test.each([
    ['the last one', 1, 12],
    ['both', 2, 0],
  ])('are passed over where %s is damaged', async (_, damaged, from) => {
    const whole = await undisturbed();
    await stopped({ calls: 13, checkpointEvery: 0 });
    for (const name of (await checkpoints()).slice(-damaged)) {
      const path = join(nodes, 'node', name);
      const bytes = await readFile(path);
      bytes[Math.floor(0.9 * bytes.length)]! ^= 1;
      await writeFile(path, bytes);
    }
    const rest = await attempt({});
    expect(rest.told).toEqual(whole.told.slice(from));
    expect([numbers(rest.result), rest.files]).toEqual([numbers(whole.result), whole.files]);
  });

  test('count the time of the attempts before', async () => {
    await stopped({ calls: 13 });
    const path = join(nodes, 'node', 'checkpoint-13.json');
    const note = JSON.parse(await readFile(path, 'utf8')) as { known: { seconds: Record<string, number> } };
    note.known.seconds = { finished: 300, run: 200, whole: 1000 };
    await writeFile(path, JSON.stringify(note));
    const { result } = await attempt({});
    expect(Math.floor(result.record.seconds / 100)).toBe(5);
    expect(Math.floor(result.seconds / 100)).toBe(10);
  });

  test('are removed with the node’s record', async () => {
    const { result } = await attempt({ checkpointEvery: 0 });
    const now = new Date().toISOString();
    const run = { engine: null, machine: machine(), started: now, finished: now, attempts: [] };
    await writeNodeRecord(nodes, { format: 1, node, result, ...run });
    expect(await readdir(join(nodes, 'node'))).toEqual(['result.json']);
  });
});

once('predictions that are wanted when the node goes on, not before', () => {
  test('are made of the run that has not answered yet', async () => {
    const whole = await undisturbed();
    await stopped({ calls: STEPS + 1, predicts: false });
    const rest = await attempt({});
    expect(rest.told).toEqual(whole.told.slice(STEPS + 1));
    expect([numbers(rest.result), rest.files]).toEqual([numbers(whole.result), whole.files]);
  });

  test('have runs that are finished run again', async () => {
    const whole = await undisturbed();
    await stopped({ calls: UNASKED + 1, predicts: false });
    const rest = await attempt({});
    expect(rest.told).toEqual(whole.told);
    expect([numbers(rest.result), rest.files]).toEqual([numbers(whole.result), whole.files]);
  });

  test('are of the set as it is then', async () => {
    await stopped({ calls: CALLS + 1 });
    await writeTest(counted(20).map((index) => (index % 2 === 0 ? 'good' : 'bad')));
    const rest = await attempt({});
    await removePredictions();
    expect(rest.told).toHaveLength(4 * CALLS);
    expect((await attempt({})).files).toEqual(rest.files);
  });

  test('are no hindrance where they are wanted no more', async () => {
    const alone = await attempt({ predicts: false });
    await stopped({ calls: CALLS + UNASKED + 1 });
    await stopped({ calls: 1, predicts: false });
    expect(await checkpoints()).toContain(`checkpoint-${CALLS + UNASKED + 2}.safetensors`);
    const rest = await attempt({ predicts: false });
    expect(numbers(rest.result)).toEqual(numbers(alone.result));
  });
});
