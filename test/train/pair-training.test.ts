import { beforeAll, describe, expect, test } from 'vitest';
import type { Engine, HostTensors } from '../../src/engine/engine.ts';
import { openWasm } from '../../src/engine/wasm.ts';
import type { GrowthPolicy } from '../../src/growth/policy.ts';
import type { Stage } from '../../src/growth/schedule.ts';
import { planStages, totalFlops } from '../../src/run/stages.ts';
import type { Settings } from '../../src/run/spec.ts';
import type { Task } from '../../src/tasks/task.ts';
import { initialHead } from '../../src/train/heads.ts';
import { freshParameter } from '../../src/train/init.ts';
import { pretrain, type Pretrained } from './whole-cell.ts';
import { describeInstalled, installedEngine } from '../engine/tensorflow/installed.ts';
import { pairedCorpus, repetitiveCorpus, tinyCell, tinySettings, withPairs } from './tiny.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await openWasm();
});

const run = (settings: Settings, on: Engine = engine, corpus = pairedCorpus): Promise<Pretrained> =>
  pretrain({
    ...{ engine: on, cell: tinyCell(settings), corpus },
    ...{ onEvent: () => undefined, signal: new AbortController().signal },
  });

type Reductions = Stage['reductions'];

function growing(reductions: Reductions, steps: number, last: Partial<Stage> = {}): Settings {
  const tiny = withPairs(tinySettings());
  return {
    ...tiny,
    model: { ...tiny.model, dropout: 0 },
    train: { ...tiny.train, steps, evaluate: steps },
    schedule: [
      { share: 0.5, reductions },
      { share: 0.5, reductions: {}, ...last },
    ],
  };
}

const width = (operator: string, settings: Readonly<Record<string, number>>): Reductions => ({
  width: { operator, settings },
});
const stack: Reductions = { depth: { operator: 'stack', settings: { layers: 1 } } };
const meanPool: Reductions = { length: { operator: 'mean-pool', settings: { window: 2 } } };
const carry: GrowthPolicy = { optimizer: 'carry', rate: 'continue' };
const FIT = { steps: 3, rate: 0.01 };

test('a model that grows while it learns tells what follows from what does not, and what was masked', async () => {
  const [small, target] = growing(stack, 1).schedule;
  const schedule = [
    { ...small!, share: 0.25 },
    { ...target!, share: 0.75 },
  ];
  const settings = { ...growing(stack, 240), growth: carry, schedule };
  const { status, loss, nsp, flops } = await run(settings);
  expect(status).toBe('done');
  // Of twenty words one in twenty is that of the other document by chance: 0.975 is the most there is to tell.
  expect(nsp!.accuracy).toBeGreaterThan(0.8);
  expect(nsp!.accuracy).toBeLessThanOrEqual(1);
  expect(loss).toBeLessThan(Math.log(20) - 0.5);
  expect(flops).toBe(totalFlops(planStages(settings)));
});

test('the same seed gives the same numbers', async () => {
  const settings = growing(stack, 8);
  const [one, other] = [await run(settings), await run(settings)];
  expect([one.loss, one.nsp]).toEqual([other.loss, other.nsp]);
  expect(one.state!.get('pooler/kernel')).toEqual(other.state!.get('pooler/kernel'));
});

test('without pairs there is no second head, and nothing of it in the record', async () => {
  const { data, ...others } = growing(stack, 4);
  const { pairs, ...packed } = data;
  expect(pairs).toBe('nsp');
  const result = await run({ ...others, data: packed }, engine, repetitiveCorpus);
  expect('nsp' in result).toBe(false);
  expect([...result.state!.keys()].filter((name) => /pooler|next_sentence/.test(name))).toEqual([]);
});

const growths: readonly (readonly [string, Reductions, Partial<Stage>, boolean])[] = [
  ['only new layers train for a while', stack, { freeze: 0.5 }, false],
  ['new units enter through masks', width('msg-hidden', { hidden: 8, ffn: 12, ramp: 3 }), {}, true],
  ['new layers enter through masks', { depth: { operator: 'msg-depth', settings: { layers: 1, ramp: 3 } } }, {}, true],
  [
    'growth is learned',
    {
      depth: { operator: 'ligo-depth', settings: { layers: 1, ...FIT } },
      ...width('ligo-width', { hidden: 8, ...FIT }),
    },
    {},
    false,
  ],
  ['moments are carried', width('width-copy', { hidden: 8, ffn: 0, noise: 0 }), { growth: carry }, true],
  ['joined embeddings grow', { length: { operator: 'concat-pool', settings: { window: 2 } } }, {}, false],
];

describe.each(growths)('where %s', (_, reductions, last, keeps) => {
  test('both heads train, and growth that keeps the function keeps the loss', async () => {
    const settings = growing(reductions, 12, last);
    const { status, growths: grown, nsp, state, flops } = await run(settings);
    expect(status).toBe('done');
    if (keeps) expect(Math.abs(grown[0]!.after - grown[0]!.before)).toBeLessThan(1e-4);
    expect(nsp!.accuracy).toBeGreaterThanOrEqual(0);
    expect(state!.get('next_sentence/kernel')!.shape).toEqual([16, 2]);
    // A new head's bias is 0: what it is now it has learned.
    expect(state!.get('next_sentence/bias')!.values.some((value) => value !== 0)).toBe(true);
    expect(flops).toBe(totalFlops(planStages(settings)));
  });
});

describeInstalled('on the native engine', () => {
  test('in bfloat16 the losses are near those of single precision', async () => {
    const settings = growing({ ...stack, ...meanPool }, 12);
    const native = installedEngine();
    const bf16: Settings = { ...settings, train: { ...settings.train, precision: 'bf16' } };
    const [single, half] = [await run(settings, native), await run(bf16, native)];
    expect(half.nsp!.accuracy).toBeGreaterThanOrEqual(0);
    expect(half.loss).not.toBe(single.loss);
    expect(Math.abs(half.loss! - single.loss!)).toBeLessThan(0.05);
  });
});

describe('fine-tuning', () => {
  const fresh = freshParameter({ std: 0.02, positions: 'random' }, 1);
  const pooler: HostTensors = new Map([
    ['pooler/kernel', { shape: [2, 2], values: Float32Array.of(1, 2, 3, 4) }],
    ['pooler/bias', { shape: [2], values: Float32Array.of(5, 6) }],
  ]);
  const task = (kind: string) => ({ kind, labels: ['a', 'b'] }) as unknown as Task;
  const head = (kind: string, pretrained: HostTensors) => initialHead(task(kind), 2, fresh, pretrained);

  test('of sequence tasks goes on from the pooler that is there, under a new output layer', () => {
    for (const kind of ['classification', 'regression']) {
      const [own, drawn] = [head(kind, pooler), head(kind, new Map())];
      expect(own.get('head/pooler/kernel')).toBe(pooler.get('pooler/kernel'));
      expect(own.get('head/pooler/bias')).toBe(pooler.get('pooler/bias'));
      expect(own.get('head/output/kernel')).toEqual(drawn.get('head/output/kernel'));
      expect(drawn.get('head/pooler/kernel')!.values).not.toEqual(pooler.get('pooler/kernel')!.values);
    }
  });

  test('of spans has no pooler', () => {
    expect([...head('span', pooler).keys()]).toEqual(['head/output/kernel', 'head/output/bias']);
  });
});
