import { mkdtemp, rm, writeFile, cp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { readCheckpoint } from '../../src/checkpoint/read.ts';
import { openEngine } from '../../src/engine/choose.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { UserError } from '../../src/errors.ts';
import { planStages } from '../../src/run/plan.ts';
import type { Schedule } from '../../src/growth/schedule.ts';
import { targetShape, type Settings } from '../../src/run/spec.ts';
import { tasks } from '../../src/tasks/index.ts';
import { initialHead } from '../../src/train/heads.ts';
import { freshParameter, initialState } from '../../src/train/init.ts';
import { finetuningWarnings, startingParameters, startingPooler, startWarnings } from '../../src/train/start.ts';
import { specialIds, type SpecialIds } from '../../src/text/vocabulary.ts';
import { expected, fixture, hiddenError, logitError, pairError, pooledError } from '../checkpoint/oracle.ts';
import { repetitiveCorpus, tinyCell, tinySettings } from './tiny.ts';
import { pretrain, runCell } from './whole-cell.ts';

let engine: Engine;
beforeAll(async () => {
  ({ engine } = await openEngine('wasm'));
});

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'growbench-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** Settings whose first stage is the fixtures' model: 6 layers. */
function settingsFrom(checkpoint: string, layers = 6, schedule: Schedule = [{ share: 1, reductions: {} }]): Settings {
  const tiny = tinySettings();
  return {
    ...tiny,
    model: {
      ...{ layers, hidden: 12, heads: 3, ffn: 24, positions: 16, norm: 'post', dropout: 0.1 },
      init: { std: 0.02, positions: 'random', checkpoint },
    },
    data: { ...tiny.data, vocab: 60, length: 16 },
    train: { ...tiny.train, steps: 0, warmup: 0 },
    schedule,
  };
}

const byStack: Schedule = [
  { share: 0.5, reductions: { depth: { operator: 'stack', settings: { layers: 6 } } } },
  { share: 0.5, reductions: {} },
];
/** The one depth operator that keeps what a trained post-norm model computes. */
const byMasks: Schedule = [
  { share: 0.5, reductions: { depth: { operator: 'msg-depth', settings: { layers: 6, ramp: 4 } } } },
  { share: 0.5, reductions: {} },
];

async function runOf(settings: Settings) {
  const { vocabulary } = await readCheckpoint(fixture('bert'));
  const special = specialIds(vocabulary!.entries) as SpecialIds;
  const words = (length: number) => ({
    length,
    read: (start: number, count: number) => Int32Array.from({ length: count }, (_, i) => 5 + ((start + i) % 15)),
  });
  const corpus = { ...repetitiveCorpus, vocab: 20, special, train: words(4000), validation: words(1000) };
  const signal = new AbortController().signal;
  return { engine, cell: tinyCell(settings), corpus, onEvent: () => undefined, signal };
}

describe('an arm that starts from a checkpoint', () => {
  test('has its logits as they are in transformers, without a step', async () => {
    const settings = settingsFrom(fixture('bert'));
    const { state, steps, flops, curve, loss } = await pretrain(await runOf(settings));
    expect(logitError(targetShape(settings), state!, expected.bert)).toBeLessThan(1e-4);
    expect([steps, flops, curve]).toEqual([0, 0, []]);
    expect(loss).toBeGreaterThan(0);
  });

  test('grows it from 6 to 12 layers by stack, as torch repeats its modules', async () => {
    const settings = settingsFrom(fixture('bert'), 12, byStack);
    const { state, growths } = await pretrain(await runOf(settings));
    expect(logitError(targetShape(settings), state!, expected.stacked)).toBeLessThan(1e-4);
    expect(growths).toHaveLength(1);
    expect(growths[0]!.after).not.toBeCloseTo(growths[0]!.before, 2);
  });

  test('keeps its function through a growth to 12 layers where the operator does', async () => {
    const settings = settingsFrom(fixture('bert'), 12, byMasks);
    const { state, growths } = await pretrain(await runOf({ ...settings, train: { ...settings.train, steps: 8 } }));
    expect(growths[0]!.after).toBeCloseTo(growths[0]!.before, 5);
    expect(state!.has('layer_11/query/kernel')).toBe(true);
  });

  test('trains on from there', async () => {
    const settings = settingsFrom(fixture('bert'));
    const longer = { ...settings, train: { ...settings.train, steps: 8, warmup: 0, rate: 1e-3 } };
    const { state, loss } = await pretrain(await runOf(longer));
    const untrained = await pretrain(await runOf(settings));
    expect(logitError(targetShape(settings), state!, expected.bert)).toBeGreaterThan(1e-3);
    expect(loss).toBeLessThan(untrained.loss!);
  });

  test('draws the head that the checkpoint lacks, as any new model’s, and says so', async () => {
    const settings = settingsFrom(fixture('brain'));
    const [shape, { init }] = [planStages(settings)[0]!.shape, settings.model];
    const parameters = await startingParameters(shape, settings, 7);
    expect(hiddenError(shape, parameters, expected.brain)).toBeLessThan(1e-4);
    const drawn = initialState(shape, init, 7).get('masked_lm/transform/kernel')!;
    expect(parameters.get('masked_lm/transform/kernel')).toEqual(drawn);
    expect(await startWarnings(settings)).toEqual(['not in the checkpoint, so drawn anew: masked-LM head']);
    expect(await startWarnings(settingsFrom(fixture('old')))).toEqual([]);
  });

  test('tells in its record what was drawn anew, a pooler for its tasks too', async () => {
    const settings = settingsFrom(fixture('bert'));
    const anew = ['not in the checkpoint, so drawn anew: pooler'];
    expect(await finetuningWarnings(settings, { kind: 'classification' })).toEqual(anew);
    expect(await finetuningWarnings(settings, { kind: 'span' })).toEqual([]);
    expect(await finetuningWarnings(settingsFrom(fixture('old')), { kind: 'regression' })).toEqual([]);
    const { warnings } = await runCell(await runOf(settingsFrom(fixture('brain'))));
    expect(warnings).toEqual(['not in the checkpoint, so drawn anew: masked-LM head']);
  });

  test('on pairs goes on from the heads that the checkpoint has, and draws the others', async () => {
    const paired = (name: Parameters<typeof fixture>[0]) => {
      const settings = settingsFrom(fixture(name));
      return { ...settings, data: { ...settings.data, pairs: 'nsp' as const } };
    };
    const shape = targetShape(paired('pairs'));
    const whole = await startingParameters(shape, paired('pairs'), 7);
    expect(pairError(shape, whole, expected.pairsNextSentence)).toBeLessThan(1e-4);
    expect(await startWarnings(paired('pairs'))).toEqual([]);
    const headless = await startingParameters(shape, paired('brain'), 7);
    const { pooler } = await readCheckpoint(fixture('brain'));
    expect(headless.get('pooler/kernel')).toEqual(pooler.get('pooler/kernel'));
    const drawn = initialState(shape, paired('brain').model.init, 7).get('next_sentence/kernel');
    expect(headless.get('next_sentence/kernel')).toEqual(drawn);
    expect(await startWarnings(paired('brain'))).toEqual([
      'not in the checkpoint, so drawn anew: masked-LM head, next-sentence head',
    ]);
    expect(await startWarnings(paired('bert'))).toEqual([
      'not in the checkpoint, so drawn anew: pooler, next-sentence head',
    ]);
    expect(await finetuningWarnings(paired('bert'), { kind: 'classification' })).toEqual([]);
  });

  test('is refused where the folder is another model by then', async () => {
    const settings = settingsFrom(fixture('bert'), 5);
    const started = startingParameters(targetShape(settings), settings, 1);
    await expect(started).rejects.toThrow(UserError);
    await expect(started).rejects.toThrow('layers 6 instead of 5');
  });
});

describe('tasks that are read off [CLS]', () => {
  const topic = tasks.find(({ name }) => name === 'wordnet-topic')!;
  const headOf = async (settings: Settings) => {
    const pooler = await startingPooler(settings, { hidden: 12 });
    return initialHead(topic, 12, freshParameter(settings.model.init, 1), pooler);
  };

  test('are read with the pooler that the checkpoint has, as in transformers', async () => {
    const settings = settingsFrom(fixture('old'));
    const { shape, parameters } = await readCheckpoint(fixture('old'));
    const own = new Map([...parameters, ...(await headOf(settings))]);
    expect(pooledError(shape, own, expected.pooled)).toBeLessThan(1e-4);
    const fresh = new Map([...parameters, ...(await headOf(settingsFrom(fixture('bert'))))]);
    expect(pooledError(shape, fresh, expected.pooled)).toBeGreaterThan(0.1);
  });

  test('get a new one where there is none, or the model has grown wider', async () => {
    expect(await startingPooler(settingsFrom(fixture('bert')), { hidden: 12 })).toEqual(new Map());
    expect(await startingPooler(settingsFrom(fixture('old')), { hidden: 24 })).toEqual(new Map());
    expect(await startingPooler(tinySettings(), { hidden: 16 })).toEqual(new Map());
  });

  test('get a new one where the file has half of one', async () => {
    await cp(fixture('brain'), folder, { recursive: true });
    const path = join(folder, 'model.safetensors');
    const renamed = (await import('node:fs'))
      .readFileSync(path, 'latin1')
      .replace('pooler.dense.bias', 'pooler.dense.bia_');
    await writeFile(path, renamed, 'latin1');
    expect((await startingPooler(settingsFrom(fixture('brain')), { hidden: 12 })).size).toBe(2);
    expect(await startingPooler(settingsFrom(folder), { hidden: 12 })).toEqual(new Map());
  });
});
