import { describe, expect, test } from 'vitest';
import { armsByPoint, planSweep } from '../../src/run/plan.ts';
import { cellsOf } from '../../src/run/spec.ts';
import { loadText } from './folder.ts';

const BASE = `seeds: [0, 1]
base:
  model: { layers: 4, hidden: 64, heads: 4 }
  train: { steps: 1000, rate: 1e-3 }
`;
const ARMS = `arms:
  full:
  stack: { schedule: [{ steps: 70%, depth: { stack: 2 } }, { steps: 30% }] }
`;
const load = (more: string, arms = ARMS) => loadText(`${BASE}${arms}${more}`);

describe('a grid', () => {
  test('repeats the whole comparison at every combination, the last setting varying fastest', async () => {
    const { arms } = await load('grid: { train.rate: [1e-3, 5e-4], train.batch: [8, 16] }\n');
    expect(arms.map(({ name, point, settings }) => [name, point, settings.train.rate, settings.train.batch])).toEqual(
      [
        [1e-3, 8],
        [1e-3, 16],
        [5e-4, 8],
        [5e-4, 16],
      ].flatMap(([rate, batch]) =>
        ['full', 'stack'].map((name) => [name, { 'train.rate': rate, 'train.batch': batch }, rate, batch]),
      ),
    );
  });

  test.each([
    ['{ range: [0, 0.3, 0.1] }', [0, 0.1, 0.2, 0.3]],
    ['{ range: [0.1, 0.35, 0.1] }', [0.1, 0.2, 0.3]],
    ['{ range: [0.3, 0.1, -0.1] }', [0.3, 0.2, 0.1]],
    ['{ log: [0.001, 0.1, 3] }', [0.001, 0.01, 0.1]],
    ['{ log: [0.1, 0.4, 3] }', [0.1, 0.2, 0.4]],
  ])('takes %s for its values', async (values, expected) => {
    const { arms } = await load(`grid: { model.dropout: ${values} }\n`);
    expect(arms.filter(({ name }) => name === 'full').map(({ settings }) => settings.model.dropout)).toEqual(expected);
  });

  test('compares each arm with the baseline of its own point, and plans every cell under a name of its own', async () => {
    const loaded = await load('grid: { train.steps: [100, 300] }\n');
    const plan = planSweep({ ...loaded, engine: 'wasm' });
    for (const [full, stack] of armsByPoint(plan.arms)) {
      expect(full!.speedupFlops).toBe(0);
      expect(stack!.speedupFlops).toBeCloseTo(full!.flops / stack!.flops - 1, 12);
    }
    expect(new Set(plan.cells.map(({ arm, seed }) => `${arm} ${seed}`)).size).toBe(8);
    expect(new Set(plan.cells.map(({ id }) => id)).size).toBe(8);
  });

  test('makes no new cells where it varies nothing that matters', async () => {
    const once = await load('');
    const gridded = await load('grid: { train.rate: [1e-3] }\n');
    const ids = ({ arms }: typeof once) => cellsOf({ ...once, arms, engine: 'wasm' }).map(({ id }) => id);
    expect(ids(gridded)).toEqual(ids(once));
  });

  test('of a budget takes the place of the other budget', async () => {
    const { arms } = await load('grid: { train.flops: [1e12, 2e12] }\n');
    const [small, , large] = arms.map(({ settings }) => settings.train.steps);
    expect(large! / small!).toBeCloseTo(2, 1);
  });
});

test('zip varies settings together', async () => {
  const { arms } = await load(
    'zip: { model.layers: [4, 8], model.hidden: [64, 128] }\ngrid: { train.batch: [8, 16] }\n',
  );
  const shapes = arms
    .filter(({ name }) => name === 'full')
    .map(({ settings: { model, train } }) => [model.layers, model.hidden, train.batch]);
  expect(shapes).toEqual([
    [4, 64, 8],
    [8, 128, 8],
    [4, 64, 16],
    [8, 128, 16],
  ]);
});

describe('cases', () => {
  const cases = `cases:
  narrow:
  wide:
    base: { model: { hidden: 128 }, train: { flops: 1e12 } }
    grid: { train.batch: [8, 16] }
  other: { arms: { stack: { schedule: [{ steps: 50%, depth: { stack: 1 } }, { steps: 50% }] }, third: { data: { mask: 0.3 } } } }
`;

  test('inherit what they do not say, and are told apart by name', async () => {
    const { arms } = await loadText(`vary: [schedule, data]\n${BASE}${ARMS}${cases}`);
    expect(arms.map(({ name, point }) => `${String(point['case'])} ${name}`)).toEqual([
      'narrow full',
      'narrow stack',
      'wide full',
      'wide stack',
      'wide full',
      'wide stack',
      'other full',
      'other stack',
      'other third',
    ]);
    const settings = arms.map((arm) => arm.settings);
    expect(settings.map(({ model }) => model.hidden)).toEqual([64, 64, 128, 128, 128, 128, 64, 64, 64]);
    expect(settings[0]!.train.steps).toBe(1000);
    expect(settings[2]!.train.steps).not.toBe(1000);
    expect(settings[7]!.schedule[0]!.reductions.depth?.settings).toEqual({ layers: 1 });
  });
});

describe('arms are left out', () => {
  const names = async (more: string, arms?: string) =>
    (await load(`grid: { train.rate: [1e-3, 1e-2], model.norm: [pre, post] }\n${more}`, arms)).arms.map(
      ({ name, point }) => `${name} ${String(point['train.rate'])} ${String(point['model.norm'])}`,
    );

  test('by exclude, where all of a condition holds', async () => {
    const all = await names('');
    const kept = await names(
      'exclude: [{ arm: stack, train.rate: 0.01 }, { train.rate: [0.001], model.norm: [pre] }]\n',
    );
    expect(all.filter((name) => !kept.includes(name))).toEqual([
      'full 0.001 pre',
      'stack 0.001 pre',
      'stack 0.01 pre',
      'stack 0.01 post',
    ]);
  });

  test('by an arm that says when it is there', async () => {
    const only = ARMS.replace('stack: {', 'stack: { when: { model.norm: pre },');
    expect((await names('', only)).filter((name) => name.startsWith('stack'))).toEqual([
      'stack 0.001 pre',
      'stack 0.01 pre',
    ]);
  });

  test('a setting that is only a default counts too', async () => {
    expect(await names('exclude: [{ model.dropout: 0.1, arm: stack }]\n')).toHaveLength(4);
  });
});
