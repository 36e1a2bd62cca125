import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { contentsOf } from '../../src/run/contents.ts';
import { planStages } from '../../src/run/plan.ts';
import { cellId, type Arm, type CellIdentity, type EngineName, type Xla } from '../../src/run/spec.ts';
import { tinySettings } from './cells.ts';

const identity: CellIdentity = { settings: tinySettings, seed: 0, engine: { name: 'wasm', xla: 'off' }, contents: {} };
const reading = (path: string): CellIdentity['settings'] => ({
  ...tinySettings,
  data: { ...tinySettings.data, corpus: ['wordnet', path] },
});

describe('a cell is named by what it computes', () => {
  test('not by the order of its keys', () => {
    const { model, ...rest } = tinySettings;
    expect(cellId({ ...identity, settings: { ...rest, model } })).toBe(cellId(identity));
  });

  test('not by where its text lies, but by what is in it', () => {
    const here = { ...identity, settings: reading('/here.txt'), contents: { '/here.txt': 'aa' } };
    const there = { ...identity, settings: reading('/there.txt'), contents: { '/there.txt': 'aa' } };
    expect(cellId(there)).toBe(cellId(here));
    expect(cellId({ ...here, contents: { '/here.txt': 'bb' } })).not.toBe(cellId(here));
  });

  test.each([
    ['seed', { ...identity, seed: 1 }],
    ['rate', { ...identity, settings: { ...tinySettings, train: { ...tinySettings.train, rate: 2e-3 } } }],
    ['precision', { ...identity, settings: { ...tinySettings, train: { ...tinySettings.train, precision: 'bf16' } } }],
    ['pairs', { ...identity, settings: { ...tinySettings, data: { ...tinySettings.data, pairs: 'nsp' } } }],
    ['engine', { ...identity, engine: { name: 'tensorflow', xla: 'off' } }],
    ['schedule', { ...identity, settings: { ...tinySettings, schedule: [] } }],
  ] as const)('but by its %s', (_, changed) => {
    expect(cellId(changed)).not.toBe(cellId(identity));
  });
});

test('and keeps its name from version to version, unless what its tasks score has changed', () => {
  const idOf = (task: string) =>
    cellId({
      ...identity,
      settings: {
        ...tinySettings,
        data: { ...tinySettings.data, glue: '/glue', squad: '/squad' },
        finetune: { ...tinySettings.finetune, tasks: [task] },
      },
    });
  expect([idOf('wordnet-topic'), idOf('glue-cola')]).toEqual(['7392ad8c9350', 'dab59a7d6db9']);
  expect(idOf('squad-1.1'), 'the name that it had at version 1').not.toBe('df3bb6196140');
});

test('XLA is part of a name where it can change a number: on the native engines', () => {
  const named = (name: EngineName, xla: Xla) => cellId({ ...identity, engine: { name, xla } });
  expect(named('tensorflow', 'on')).not.toBe(named('tensorflow', 'off'));
  expect(named('cuda', 'auto')).not.toBe(named('cuda', 'off'));
  expect(named('wasm', 'on')).toBe(named('wasm', 'off'));
});

test('the text files of a sweep are told apart by their bytes', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'growbench-'));
  const path = join(folder, 'abc.txt');
  await writeFile(path, 'abc');
  const contents = await contentsOf([{ name: 'full', point: {}, group: 'baseline', settings: reading(path) }]);
  // The test vector of FIPS 180-2, appendix B.1.
  expect(contents).toEqual({ [path]: 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad' });
  await rm(folder, { recursive: true });
});

test('the reading of text files is told of to their last byte, and can be stopped', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'growbench-'));
  const path = join(folder, 'long.txt');
  await writeFile(path, Buffer.alloc(5 << 20, 'a'));
  const arms: readonly Arm[] = [{ name: 'full', point: {}, group: 'baseline', settings: reading(path) }];
  const told: (readonly [done: number, of: number])[] = [];
  await contentsOf(arms, { onProgress: (done, of) => told.push([done, of]) });
  expect(told.at(-1)).toEqual([5 << 20, 5 << 20]);
  const stop = new AbortController();
  const stopped = contentsOf(arms, {
    signal: stop.signal,
    onProgress: () => {
      stop.abort(new Error('enough'));
    },
  });
  await expect(stopped).rejects.toThrow('enough');
  await rm(folder, { recursive: true });
});

test('the stages of a plan follow one another over all steps', () => {
  const depth = { operator: 'stack', settings: { layers: 1 } };
  const schedule = [
    { share: 0.7, reductions: { depth } },
    { share: 0.3, reductions: {} },
  ];
  const stages = planStages({ ...tinySettings, schedule });
  expect(stages.map(({ start, steps, shape }) => [start, steps, shape.layers])).toEqual([
    [0, 7, 1],
    [7, 3, 2],
  ]);
});
