import { mkdtemp, readFile, readdir, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ParentLost } from '../../src/errors.ts';
import type { Engine, HostTensors } from '../../src/engine/engine.ts';
import type { Schedule } from '../../src/growth/schedule.ts';
import { stateBase } from '../../src/run/node-store.ts';
import type { StageResult } from '../../src/run/node.ts';
import type { Settings } from '../../src/run/spec.ts';
import { lastCheckpoint, readState, writeCheckpointAt } from '../../src/train/node-state.ts';
import type { StagePoint } from '../../src/train/stage.ts';
import { runNode } from '../../src/train/trainer.ts';
import { repetitiveCorpus, tinyCell, tinySettings } from './tiny.ts';
import { openTestEngine } from '../engine/engines.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await openTestEngine();
});

let nodes = '';
beforeEach(async () => {
  nodes = await mkdtemp(join(tmpdir(), 'growbench-'));
});
afterEach(() => rm(nodes, { recursive: true }));

const schedule: Schedule = [
  { share: 0.5, reductions: { depth: { operator: 'stack', settings: { layers: 1 } } } },
  { share: 0.5, reductions: {} },
];
const settings: Settings = { ...tinySettings(), growth: { optimizer: 'carry', rate: 'continue' }, schedule };

interface Stopping {
  /** The step, counted over the whole run, after which it is told to stop. */
  readonly after?: number;
  readonly checkpointEvery?: number;
  readonly settings?: Settings;
}

async function runStage(index: number, before: StageResult | null, options: Stopping = {}) {
  const { after, checkpointEvery = 600 } = options;
  const cell = tinyCell(options.settings ?? settings);
  const stop = new AbortController();
  const steps: number[] = [];
  const result = await runNode(
    {
      ...{ engine, cell, signal: stop.signal },
      onEvent: (event) => {
        if (event.type !== 'step') return;
        steps.push(event.step);
        if (event.step === after) stop.abort(new Error('stopped'));
      },
    },
    {
      node: { kind: 'stage', address: `stage${index}`, parent: index === 0 ? null : 'stage0', index },
      ...{ cell, cells: ['cell'], before, head: null, keep: 'all' },
    },
    { cache: nodes, nodes, models: null, predictions: null, checkpointEvery },
    () => Promise.resolve(repetitiveCorpus),
  );
  return { result: result as StageResult, steps };
}

/** A result without the times that it took. */
const numbers = ({ seconds, stage, curve, growth, ...rest }: StageResult) => ({
  ...rest,
  stage: { ...stage, seconds: 0 },
  curve: curve.map((point) => ({ ...point, seconds: 0 })),
  growth,
});

const values = (state: HostTensors) => [...state].map(([name, own]) => [name, Array.from(own.values)]).sort();

const files = async (index: number) => (await readdir(join(nodes, `stage${index}`))).sort();

/** Flips a bit of the byte that so large a share of the file is before. */
async function flip(path: string, share: number): Promise<void> {
  const bytes = await readFile(path);
  bytes[Math.floor(share * bytes.length)]! ^= 1;
  await writeFile(path, bytes);
}

describe('a stage that was stopped', () => {
  test.each([
    [0, 1],
    [0, 10],
    [0, 17],
    [1, 21],
    [1, 33],
  ])('%i after step %i goes on from there, to the same numbers to the last bit', async (index, after) => {
    const first = (await runStage(0, null)).result;
    const whole = index === 0 ? first : (await runStage(1, first)).result;
    const state = values(await readState(nodes, `stage${index}`));
    await rm(join(nodes, `stage${index}`), { recursive: true });
    const before = index === 0 ? null : first;
    await expect(runStage(index, before, { after })).rejects.toThrow('stopped');
    const rest = await runStage(index, before);
    expect(rest.steps[0]).toBe(after + 1);
    expect(numbers(rest.result)).toEqual(numbers(whole));
    expect(values(await readState(nodes, `stage${index}`))).toEqual(state);
  });

  test('leaves the last two checkpoints, taken in between too', async () => {
    await expect(runStage(0, null, { after: 7, checkpointEvery: 0 })).rejects.toThrow('stopped');
    expect(await files(0)).toEqual(
      [6, 7].flatMap((step) => [`checkpoint-${step}.json`, `checkpoint-${step}.safetensors`]),
    );
  });
});

describe('a checkpoint', () => {
  const point = (done: number): StagePoint => ({
    ...{ done, curve: [], limit: 9, growth: null, seconds: { train: 1, compile: 1, evaluate: 1 } },
  });
  const state: HostTensors = new Map([['a', { shape: [2, 2], values: Float32Array.of(1, 2, 3, 4) }]]);
  const base = (done: number) => join(nodes, 'node', `checkpoint-${done}`);
  beforeEach(async () => {
    for (const done of [5, 9]) await writeCheckpointAt(nodes, 'node', state, point(done));
  });

  test('is found, the last first', async () => {
    expect(await lastCheckpoint(nodes, 'node')).toEqual({ tensors: state, known: point(9) });
  });

  test.each<[string, () => Promise<unknown>]>([
    ['has one flipped bit', () => flip(`${base(9)}.safetensors`, 0.95)],
    ['has one flipped bit in its header', () => flip(`${base(9)}.safetensors`, 0.3)],
    ['is cut off', () => truncate(`${base(9)}.safetensors`, 100)],
    ['is empty', () => truncate(`${base(9)}.safetensors`, 0)],
    ['is gone', () => rm(`${base(9)}.safetensors`)],
    ['has a note that is cut off', () => truncate(`${base(9)}.json`, 30)],
    ['has no note', () => rm(`${base(9)}.json`)],
  ])('that %s is passed over for the one before', async (_, damage) => {
    await damage();
    expect((await lastCheckpoint<StagePoint>(nodes, 'node'))?.known.done).toBe(5);
  });

  test('is none where all are damaged', async () => {
    for (const done of [5, 9]) await flip(`${base(done)}.safetensors`, 0.95);
    expect(await lastCheckpoint(nodes, 'node')).toBeNull();
  });

  test('that is damaged does not count among the last two', async () => {
    for (const done of [5, 9]) await flip(`${base(done)}.safetensors`, 0.95);
    await lastCheckpoint(nodes, 'node');
    await writeCheckpointAt(nodes, 'node', state, point(2));
    expect(await lastCheckpoint(nodes, 'node')).toEqual({ tensors: state, known: point(2) });
  });

  test('is of the bits that it was written with, where numbers have run away too', async () => {
    const wild: HostTensors = new Map([['a', { shape: [3], values: Float32Array.of(NaN, -Infinity, -0) }]]);
    await writeCheckpointAt(nodes, 'node', wild, point(10));
    expect(await lastCheckpoint(nodes, 'node')).toEqual({ tensors: wild, known: point(10) });
  });
});

test.each<[string, (path: string) => Promise<unknown>]>([
  ['flipped in one bit', (path) => flip(path, 0.6)],
  ['cut off', (path) => truncate(path, 3000)],
  ['gone', (path) => rm(path)],
])('what a stage goes on from, %s, is told of and counts as gone', async (_, damage) => {
  const { result } = await runStage(0, null);
  await damage(`${stateBase(nodes, 'stage0')}.safetensors`);
  await expect(runStage(1, result)).rejects.toThrow(ParentLost);
  expect(await files(0)).toEqual([]);
});

test('a stage that diverges names its last checkpoint, and leaves no state to go on from', async () => {
  const wild = { ...settings, train: { ...settings.train, rate: 1e6, warmup: 0, clip: 1e9 } };
  const { result } = await runStage(0, null, { checkpointEvery: 0, settings: wild });
  expect(result).toMatchObject({ status: 'diverged', loss: null });
  expect(result.checkpoint).toBe(`stage0/checkpoint-${result.end.steps - 1}.safetensors`);
  expect(await files(0)).toContain(`checkpoint-${result.end.steps - 1}.safetensors`);
  expect(await files(0)).not.toContain('state.json');
});
