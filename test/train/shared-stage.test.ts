import { beforeAll, describe, expect, test } from 'vitest';
import type { Engine } from '../../src/engine/engine.ts';
import type { Schedule } from '../../src/growth/schedule.ts';
import { graphOf } from '../../src/run/graph.ts';
import type { Settings } from '../../src/run/spec.ts';
import { endPoint, pretrainStage, type Before } from '../../src/train/pretrain.ts';
import type { StagePoint } from '../../src/train/stage.ts';
import { noCheckpoints } from './whole-cell.ts';
import { repetitiveCorpus, tinyCell, tinySettings } from './tiny.ts';
import { openTestEngine } from '../engine/engines.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await openTestEngine();
});

const schedule = (operator: string): Schedule => [
  { share: 0.5, reductions: { depth: { operator, settings: { layers: 2 } } } },
  { share: 0.5, reductions: {} },
];
const tiny = tinySettings();
const base: Settings = { ...tiny, model: { ...tiny.model, layers: 4 }, schedule: schedule('stack') };

async function firstStage(settings: Settings) {
  const cell = tinyCell(settings);
  const { signal } = new AbortController();
  const run = { engine, cell, corpus: repetitiveCorpus, onEvent: () => undefined, signal };
  const { result, state } = await pretrainStage(run, 0, null, noCheckpoints());
  const [address] = graphOf([cell], {}).nodes.keys();
  return {
    address,
    loss: result.loss,
    curve: result.curve.map(({ step, flops, loss }) => [step, flops, loss]),
    end: result.end,
    state: [...state!].map(([name, { values }]) => [name, Array.from(values)]),
  };
}

test.each<[string, Settings]>([
  ['another operator of depth', { ...base, schedule: schedule('random') }],
  ['a deeper target', { ...base, model: { ...base.model, layers: 6 } }],
  ['another policy at growth', { ...base, growth: { optimizer: 'carry', rate: 'restart' } }],
  ['other tasks', { ...base, finetune: { ...base.finetune, tasks: ['wordnet-topic'] } }],
])('a first stage that shares its address with that of %s is the same to the last bit', async (_, other) => {
  const [one, two] = [await firstStage(base), await firstStage(other)];
  expect(two).toEqual(one);
});

/** A stage with its numbers, times apart, and its state. */
async function stageOf(settings: Settings, index: number, before: Before | null, head?: Trained) {
  const run = { engine, cell: tinyCell(settings), corpus: repetitiveCorpus, onEvent: () => undefined };
  const last = head === undefined ? null : { tensors: head.state!, known: endPoint(head.result) };
  const { signal } = new AbortController();
  const checkpoints = { ...noCheckpoints<StagePoint>(), last: () => Promise.resolve(last) };
  return pretrainStage({ ...run, signal }, index, before, checkpoints);
}
type Trained = Awaited<ReturnType<typeof pretrainStage>>;

const numbers = ({ result: { seconds, stage, curve, growth, ...rest }, state }: Trained) => ({
  ...rest,
  stage: { ...stage, seconds: seconds.train >= stage.seconds },
  curve: curve.map((point) => ({ ...point, seconds: 0 })),
  growth: growth === null ? null : { ...growth, fit: growth.fit?.steps },
  state: [...state!].map(([name, { values }]) => [name, Array.from(values)]),
});

const asBefore = ({ result, state }: Trained): Before => ({ result, state: () => Promise.resolve(state!) });

describe('a stage that goes on from its head comes to the same bits as from its beginning', () => {
  const steps = 8;
  const small = { depth: { operator: 'stack', settings: { layers: 2 } } };
  const settingsOf = (schedule: Schedule): Settings => ({
    ...base,
    model: { ...base.model, dropout: 0.1 },
    train: { ...base.train, steps, evaluate: 3 },
    growth: { optimizer: 'carry', rate: 'continue' },
    schedule,
  });

  test('where the first stage is all there is', async () => {
    const grown = settingsOf([
      { share: 0.5, reductions: small },
      { share: 0.5, reductions: {} },
    ]);
    const never = settingsOf([{ share: 1, reductions: small }]);
    const [head, whole] = [await stageOf(grown, 0, null), await stageOf(never, 0, null)];
    expect(whole.result.curve.map(({ step }) => step)).toEqual([3, 6]);
    expect(numbers(await stageOf(never, 0, null, head))).toEqual(numbers(whole));
  });

  test.each<[string, string, object]>([
    ['is copied', 'stack', {}],
    ['enters through masks', 'msg-depth', { ramp: 4 }],
    ['is learned', 'ligo-depth', { fit: 2 }],
  ])('where the model grows twice, or once, and what is new %s', async (_, operator, more) => {
    const to = (layers: number, share: number) => ({
      share,
      reductions: { depth: { operator, settings: { layers, ...more } } },
    });
    const deeper: Settings['model'] = { ...base.model, layers: 8 };
    const twice = { ...settingsOf([to(2, 0.25), to(4, 0.25), { share: 0.5, reductions: {} }]), model: deeper };
    const once = { ...settingsOf([to(2, 0.25), to(4, 0.75)]), model: deeper };
    const before = asBefore(await stageOf(twice, 0, null));
    const [head, whole] = [await stageOf(twice, 1, before), await stageOf(once, 1, before)];
    expect(head.result.growth).not.toBeNull();
    expect(numbers(await stageOf(once, 1, before, head))).toEqual(numbers(whole));
  });
});
