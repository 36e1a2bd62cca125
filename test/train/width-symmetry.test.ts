import { beforeAll, describe, expect, test } from 'vitest';
import { openEngine } from '../../src/engine/choose.ts';
import type { Engine, HostTensors } from '../../src/engine/engine.ts';
import { effectiveWidth } from '../../src/growth/effective-width.ts';
import type { GrowthOperator } from '../../src/growth/operator.ts';
import { operators } from '../../src/growth/operators/index.ts';
import { targetShape, type Settings } from '../../src/run/spec.ts';
import { maskedBatch } from '../../src/text/batches.ts';
import { freshParameter, initialState } from '../../src/train/init.ts';
import { batchFeeds, batchSize, maskedLmTraining } from '../../src/train/masked-batch.ts';
import { grownState } from '../../src/train/moments.ts';
import { stepFeeds } from '../../src/train/training-step.ts';
import { repetitiveCorpus, tinySettings } from './tiny.ts';

let engine: Engine;
beforeAll(async () => {
  ({ engine } = await openEngine('wasm'));
});

/** Without dropout: it parts copies that it falls on differently. */
const tiny = tinySettings();
const settings: Settings = {
  ...tiny,
  model: { ...tiny.model, norm: 'post', positions: 12, dropout: 0 },
  data: { ...tiny.data, length: 12 },
  train: { ...tiny.train, batch: 8 },
};
const target = targetShape(settings);
const whole = { ffn: target.ffn, hidden: target.hidden };
const STEPS = 50;

/** A model grown by the operator from the largest small one that it knows. */
function grow(operator: GrowthOperator, noise: number): HostTensors {
  const [first = ''] = Object.keys(operator.settings);
  const defaults = Object.entries(operator.settings).map(([name, rule]) => [name, rule.default ?? 0] as const);
  const own = { ...Object.fromEntries(defaults), [first]: operator.sizes(target)[0]!, noise };
  const small = operator.shrink(target, own);
  const start = initialState(small, settings.model.init, 1);
  const fresh = freshParameter(settings.model.init, 1);
  return grownState(operator.grow(small, target, own), small, start, 'reset', fresh);
}

async function train(state: HostTensors): Promise<HostTensors> {
  const program = await engine.compile({ train: maskedLmTraining(target, settings) }, state);
  const size = batchSize(settings, target.length);
  for (let step = 0; step < STEPS; step += 1) {
    const batch = maskedBatch(repetitiveCorpus.train, { ...size, vocab: repetitiveCorpus.vocab, seed: 1, step });
    const optimizer = stepFeeds({ rate: 1e-2, decay: 0.01, update: step + 1, seed: 1, step });
    await program.run('train', { ...batchFeeds(batch, size), ...optimizer });
  }
  const end = await program.read();
  program.dispose();
  return end;
}

/** Sums over two halves round differently where one begins with its own half and the other does not. */
const ROUNDED = ['width-double'];

const copying = operators.filter((operator) => 'noise' in operator.settings);
describe.each(copying.map((operator) => [operator.name, operator] as const))('copies made by %s', (name, operator) => {
  const start = grow(operator, 0);
  const width = effectiveWidth(start, target);

  test('are the same after fifty steps, bit for bit', async () => {
    expect(width).not.toEqual(whole);
    const end = await train(start);
    expect(end.get('embedding/tokens')).not.toEqual(start.get('embedding/tokens'));
    expect(effectiveWidth(end, target)).toEqual(width);
    if (!ROUNDED.includes(name)) expect(effectiveWidth(end, target, 0)).toEqual(width);
  });

  test('have parted after as many where noise came with them', async () => {
    expect(effectiveWidth(await train(grow(operator, 0.1)), target)).toEqual(whole);
  });
});
