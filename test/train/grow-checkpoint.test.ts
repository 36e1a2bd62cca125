import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { GrowEvent, GrowRequest } from '../../src/checkpoint/grower.ts';
import { readCheckpoint } from '../../src/checkpoint/read.ts';
import { UserError } from '../../src/errors.ts';
import { growCheckpoint } from '../../src/train/grow-checkpoint.ts';
import { expected, fixture, logitError } from '../checkpoint/oracle.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'growbench-'));
  const lines = Array.from({ length: 60 }, (_, n) => `The ${n % 2 === 0 ? 'small' : 'larger'} models of a growth b c.`);
  await writeFile(join(folder, 'text.txt'), lines.join('\n'));
});
afterEach(() => rm(folder, { recursive: true }));

const wasm = { name: 'wasm', entry: null, why: 'it was named' } as const;

const request = (change: Partial<GrowRequest> = {}): GrowRequest => ({
  ...{ folder: fixture('bert'), out: join(folder, 'out'), operators: ['stack'], sizes: { layers: 12 }, seed: 0 },
  measure: { text: join(folder, 'text.txt'), engine: wasm },
  signal: new AbortController().signal,
  onEvent: () => undefined,
  ...change,
});

describe('a grown checkpoint', () => {
  test('computes what transformers computes with the grown model, and keeps the tokenizer', async () => {
    const report = await growCheckpoint(request({ measure: null }));
    expect(tf.engine().registryFactory, 'engines loaded').toEqual({});
    await (await import('../../src/engine/choose.ts')).openEngine('wasm');
    const { shape, parameters, vocabulary } = await readCheckpoint(join(folder, 'out'));
    expect(shape.layers).toBe(12);
    expect(logitError(shape, parameters, expected.stacked)).toBeLessThan(1e-4);
    expect(vocabulary).toEqual((await readCheckpoint(fixture('bert'))).vocabulary);
    const tokenizer = await readFile(join(folder, 'out', 'tokenizer.json'));
    expect(tokenizer.equals(await readFile(join(fixture('bert'), 'tokenizer.json')))).toBe(true);
    expect(report).toMatchObject({ loss: null, unmeasured: 'none was asked for' });
    expect(report.parameters.after - report.parameters.before).toBe(6 * (4 * 13 * 12 + 2 * 12 * 24 + 24 + 12 + 4 * 12));
  });

  test('has the loss of the small one where growth keeps the function, and another where it does not', async () => {
    const shared = await growCheckpoint(request({ operators: ['ffn-share'], sizes: { ffn: 72 } }));
    expect(shared.loss!.after).toBeCloseTo(shared.loss!.before, 4);
    expect(shared.operators).toEqual([{ name: 'ffn-share', keepsFunction: true }]);
    const stacked = await growCheckpoint(request({ out: join(folder, 'stacked') }));
    expect(stacked.loss!.before).toBe(shared.loss!.before);
    expect(Math.abs(stacked.loss!.after - stacked.loss!.before)).toBeGreaterThan(0.01);
    expect(stacked.loss).toMatchObject({ length: 16, engine: 'wasm', text: join(folder, 'text.txt') });
    // Text in sequences of 16, 2 of them masked, in batches of 16.
    expect(stacked.loss!.tokens % 32).toBe(0);
  });

  test('of a model without a head has none, and no loss', async () => {
    const events: GrowEvent[] = [];
    const report = await growCheckpoint(request({ folder: fixture('brain'), onEvent: (event) => events.push(event) }));
    expect(report).toMatchObject({ loss: null, unmeasured: 'the checkpoint has no masked-LM head' });
    expect(events.map(({ type }) => type)).toEqual(['read']);
    const { missing, shape, pooler } = await readCheckpoint(join(folder, 'out'));
    expect([missing.length, shape.layers]).toEqual([5, 12]);
    expect(pooler).toEqual((await readCheckpoint(fixture('brain'))).pooler);
  });

  test('leaves a pooler behind that is not as wide, and says so', async () => {
    const events: GrowEvent[] = [];
    const wider = { operators: ['width-copy'], sizes: { hidden: 24, heads: 6, ffn: 48 } };
    await growCheckpoint(request({ folder: fixture('brain'), ...wider, onEvent: (event) => events.push(event) }));
    expect(events[0]).toMatchObject({ leftOut: ['bert.pooler.dense.weight', 'bert.pooler.dense.bias'] });
    expect((await readCheckpoint(join(folder, 'out'))).pooler).toEqual(new Map());
  });
});

describe("the user's mistakes leave nothing behind", () => {
  test.each<[string, (place: string) => Partial<GrowRequest>, string]>([
    ['a folder that is there', (place) => ({ out: place }), 'exists already'],
    ['text that is not there', () => ({ measure: { text: 'nowhere.txt', engine: wasm } }), 'nowhere.txt is not a file'],
    [
      'text of another kind',
      () => ({ measure: { text: 'a.pdf', engine: wasm } }),
      'must name a file that is .txt or .jsonl',
    ],
    ['a size that cannot be', () => ({ sizes: { layers: 6 } }), "layers must be below the target's 6, got 6"],
    ['no checkpoint', (place) => ({ folder: place }), 'is not a checkpoint'],
  ])('%s', async (_, change, message) => {
    const growing = growCheckpoint(request(change(folder)));
    await expect(growing).rejects.toThrow(UserError);
    await expect(growing).rejects.toThrow(message);
    expect(await readdir(folder)).toEqual(['text.txt']);
  });

  test('nor does being stopped while it measures', async () => {
    const stop = new AbortController();
    const onEvent = ({ type }: GrowEvent) => {
      if (type === 'measured') stop.abort(new Error('stopped'));
    };
    await expect(growCheckpoint(request({ signal: stop.signal, onEvent }))).rejects.toThrow('stopped');
    expect(await readdir(folder)).toEqual(['text.txt']);
  });
});
