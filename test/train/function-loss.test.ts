import { beforeAll, describe, expect, test } from 'vitest';
import { openEngine } from '../../src/engine/choose.ts';
import type { Engine, HostTensors } from '../../src/engine/engine.ts';
import type { ModelShape } from '../../src/growth/layout.ts';
import type { GrowthOperator } from '../../src/growth/operator.ts';
import { widthCopy } from '../../src/growth/operators/width-copy.ts';
import { widthDouble } from '../../src/growth/operators/width-double.ts';
import { widthLemon } from '../../src/growth/operators/width-lemon.ts';
import { widthNextLayer } from '../../src/growth/operators/width-next-layer.ts';
import { widthRandom } from '../../src/growth/operators/width-random.ts';
import { targetShape, type Settings } from '../../src/run/spec.ts';
import { maskedBatch } from '../../src/text/batches.ts';
import { applyRecipe } from '../../src/train/grow.ts';
import { freshParameter, initialState } from '../../src/train/init.ts';
import { batchFeeds, batchSize, maskedLmEvaluation, maskedLmTraining } from '../../src/train/masked-batch.ts';
import { freshMoments } from '../../src/train/adamw.ts';
import { scalarOutput, stepFeeds } from '../../src/train/training-step.ts';
import { repetitiveCorpus, tinySettings } from './tiny.ts';

// Chen et al. 2022 grow BERT from 512 to 768 hidden units, a ratio of 1.5: copying costs a little (a loss of 1.70 where
// 1.67 was), new units at random cost nearly all (10.42). The same order shows in a small model.

let engine: Engine;
beforeAll(async () => {
  ({ engine } = await openEngine('wasm'));
});

function settingsOf(norm: ModelShape['norm']): Settings {
  const tiny = tinySettings();
  return { ...tiny, model: { ...tiny.model, hidden: 32, heads: 4, ffn: 64, norm, dropout: 0 } };
}
const feedsOf = (settings: Settings, step: number) => {
  const size = batchSize(settings, settings.data.length);
  return batchFeeds(
    maskedBatch(repetitiveCorpus.train, { ...size, vocab: repetitiveCorpus.vocab, seed: 1, step }),
    size,
  );
};

async function trained(settings: Settings): Promise<HostTensors> {
  const shape = targetShape(settings);
  const start = initialState(shape, settings.model.init, 1);
  const program = await engine.compile(
    { train: maskedLmTraining(shape, settings) },
    new Map([...start, ...freshMoments(start)]),
  );
  for (let step = 0; step < 60; step += 1) {
    const optimizer = stepFeeds({ rate: 1e-2, decay: 0.01, update: step + 1, seed: 1, step });
    await program.run('train', { ...feedsOf(settings, step), ...optimizer });
  }
  const end = await program.read();
  program.dispose();
  return end;
}

/** Loss on ten batches that the model was not trained on. */
async function lossOf(state: HostTensors, shape: ModelShape, settings: Settings): Promise<number> {
  const program = await engine.compile({ evaluate: maskedLmEvaluation(shape, settings) }, state);
  let sum = 0;
  for (let step = 100; step < 110; step += 1) {
    sum += scalarOutput(await program.run('evaluate', feedsOf(settings, step)), 'loss');
  }
  program.dispose();
  return sum / 10;
}

describe.each(['post', 'pre'] as const)('in %s-norm', (norm) => {
  test('what growth costs: nothing, little, much, nearly all', async () => {
    const settings = settingsOf(norm);
    const small = targetShape(settings);
    const fresh = freshParameter(settings.model.init, 1);
    const state = await trained(settings);
    const before = await lossOf(state, small, settings);
    const cost = async (operator: GrowthOperator, times: number) => {
      const to = { ...small, hidden: 32 * times, heads: 4 * times, ffn: 64 * times };
      const grown = applyRecipe(operator.grow(small, to, { noise: 0 }), state, fresh);
      return (await lossOf(grown, to, settings)) - before;
    };
    const exact = [await cost(widthDouble, 2), await cost(widthCopy, 2), await cost(widthLemon, 2)];
    for (const none of exact) expect(Math.abs(none)).toBeLessThan(1e-5);

    const copied = await cost(widthCopy, 1.5);
    expect(copied).toBeGreaterThan(1e-3);
    expect(copied).toBeLessThan(0.1);
    expect(await cost(widthNextLayer, 1.5)).toBeGreaterThan(2 * copied);
    expect(await cost(widthRandom, 1.5)).toBeGreaterThan(10 * copied);
  });
});
