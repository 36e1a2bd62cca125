import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { readCheckpoint } from '../../src/checkpoint/read.ts';
import { openEngine } from '../../src/engine/choose.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { layout } from '../../src/growth/layout.ts';
import type { Settings } from '../../src/run/spec.ts';
import { initialState } from '../../src/train/init.ts';
import { maskedLmEvaluation } from '../../src/train/masked-batch.ts';
import { saveModel } from '../../src/train/save-model.ts';
import { runCell } from './whole-cell.ts';
import { evaluationAt, VALIDATION_TOKENS, validationLoss } from '../../src/train/validation.ts';
import { loadVocabulary } from '../../src/text/vocabulary.ts';
import { repetitiveCorpus, tinyCell, tinySettings } from './tiny.ts';

let engine: Engine;
beforeAll(async () => {
  ({ engine } = await openEngine('wasm'));
});

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'growbench-'));
});
afterEach(() => rm(folder, { recursive: true }));

const settingsOf = (norm: 'post' | 'pre', schedule: Settings['schedule']): Settings => {
  const tiny = tinySettings();
  return { ...tiny, model: { ...tiny.model, norm }, train: { ...tiny.train, steps: 6 }, schedule };
};
const stacked: Settings['schedule'] = [
  { share: 0.5, reductions: { depth: { operator: 'stack', settings: { layers: 1 } } } },
  { share: 0.5, reductions: {} },
];
const pooled: Settings['schedule'] = [
  { share: 1, reductions: { length: { operator: 'mean-pool', settings: { window: 2 } } } },
];

describe.each(['post', 'pre'] as const)('a %s-norm cell whose model is saved', (norm) => {
  test('leaves a checkpoint that has the loss in its record', async () => {
    const settings = settingsOf(norm, stacked);
    const cell = tinyCell(settings);
    const { signal } = new AbortController();
    const result = await runCell({ engine, cell, corpus: repetitiveCorpus, onEvent: () => undefined, signal }, folder);
    expect(await readdir(folder)).toEqual(['cell']);

    const { shape, parameters, vocabulary, dropout } = await readCheckpoint(join(folder, 'cell'));
    expect(shape).toMatchObject({ layers: 2, norm, length: 16, vocab: 256 });
    expect([vocabulary?.entries, dropout]).toEqual([loadVocabulary(256), 0.1]);
    const name = evaluationAt(16);
    const program = await engine.compile({ [name]: maskedLmEvaluation(shape, settings) }, parameters);
    const wanted = { length: 16, tokens: VALIDATION_TOKENS.table };
    expect(await validationLoss(program, repetitiveCorpus, settings, wanted, signal)).toBeCloseTo(result.loss!, 6);
    program.dispose();
  });
});

test("a model in a vocabulary of the user's is saved with it", async () => {
  const entries = ['ship', '[UNK]', 'The', '[SEP]', 'sails', '[CLS]', '[MASK]', '[PAD]'];
  const vocabulary = join(folder, 'own.txt');
  await writeFile(vocabulary, entries.join('\n'));
  const tiny = settingsOf('post', [{ share: 1, reductions: {} }]);
  const settings = { ...tiny, data: { ...tiny.data, vocabulary, vocab: entries.length } };
  await saveModel(join(folder, 'cell'), settings, initialState(shapeOf(settings), settings.model.init, 1));
  const saved = await readCheckpoint(join(folder, 'cell'));
  expect(saved.vocabulary).toEqual({ entries, lowercase: false });
  const config = JSON.parse(await readFile(join(folder, 'cell', 'config.json'), 'utf8')) as Record<string, unknown>;
  expect(config).toMatchObject({ vocab_size: 8, pad_token_id: 7 });
});

describe('a model that ends reduced', () => {
  test('in length is saved without the pooling, over an older one', async () => {
    const settings = settingsOf('post', pooled);
    const state = initialState({ ...shapeOf(settings), pool: { how: 'mean', window: 2 } }, settings.model.init, 1);
    await saveModel(join(folder, 'cell'), settings, state);
    await saveModel(join(folder, 'cell'), settings, state);
    const { shape, parameters } = await readCheckpoint(join(folder, 'cell'));
    expect(shape.pool).toBeNull();
    expect([...parameters.keys()]).toEqual(layout(shape).map(({ name }) => name));
  });

  test('in its parameters is no BERT, and not saved', async () => {
    const settings = settingsOf('post', pooled);
    const state = initialState({ ...shapeOf(settings), ffnRank: 4 }, settings.model.init, 1);
    await saveModel(join(folder, 'cell'), settings, state);
    expect(await readdir(folder)).toEqual([]);
  });
});

function shapeOf({ model, data }: Settings) {
  const { layers, hidden, heads, ffn, positions, norm } = model;
  return {
    layers,
    hidden,
    heads,
    ffn,
    positions,
    norm,
    vocab: data.vocab,
    length: data.length,
    ffnRank: null,
    scoreGroup: 1,
    pool: null,
  };
}
