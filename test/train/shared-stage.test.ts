import { beforeAll, expect, test } from 'vitest';
import type { Engine } from '../../src/engine/engine.ts';
import type { Schedule } from '../../src/growth/schedule.ts';
import { graphOf } from '../../src/run/graph.ts';
import type { Settings } from '../../src/run/spec.ts';
import { pretrainStage } from '../../src/train/pretrain.ts';
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
  const none = { last: null, keep: () => Promise.resolve() };
  const { result, state } = await pretrainStage(run, 0, null, none);
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
