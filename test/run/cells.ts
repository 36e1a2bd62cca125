import { TARGET_ONLY, type Schedule } from '../../src/growth/schedule.ts';
import { planSweep, type Plan } from '../../src/run/plan.ts';
import type { Settings } from '../../src/run/spec.ts';

/** Settings of a model that trains in no time. */
export const tinySettings: Settings = {
  model: {
    layers: 2,
    hidden: 8,
    heads: 2,
    ffn: 16,
    positions: 16,
    norm: 'post',
    init: { std: 0.02, positions: 'random' },
    dropout: 0,
  },
  data: { corpus: ['wordnet'], vocab: 500, length: 16, mask: 0.25 },
  train: { steps: 10, batch: 2, rate: 1e-3, warmup: 1, decay: 0.01, clip: 1, precision: 'fp32', evaluate: 5 },
  growth: { optimizer: 'reset', rate: 'restart' },
  finetune: { tasks: [], examples: 10, epochs: 1, batch: 2, rate: 1e-3, length: 16, warmup: 0.1 },
  schedule: TARGET_ONLY,
};

/** A plan with one cell an arm and seed; the arms differ in their rate, so that no two cells are the same. */
export function planOf(arms: readonly string[], seeds: readonly number[] = [0]): Plan {
  return planSweep({
    name: 'test',
    question: '',
    seeds,
    vary: ['train.rate'],
    engine: { name: 'wasm', xla: 'off' },
    contents: {},
    arms: arms.map((name, index) => ({
      name,
      point: {},
      group: index === 0 ? 'baseline' : 'other',
      settings: { ...tinySettings, train: { ...tinySettings.train, rate: 1e-3 * (index + 1) } },
    })),
  });
}

/**
 * Arms that grow in depth from one small model, by name the operator; null is the target from the first step, and
 * `never` the small model to the last. Their rate goes on over the whole run.
 */
export function grownPlan(arms: Readonly<Record<string, string | null>>, seeds: readonly number[] = [0]): Plan {
  const settings: Settings = {
    ...tinySettings,
    model: { ...tinySettings.model, layers: 4 },
    growth: { ...tinySettings.growth, rate: 'continue' },
    finetune: { ...tinySettings.finetune, tasks: ['wordnet-topic'] },
  };
  const grownBy = (operator: string): Schedule => [
    { share: 0.5, reductions: { depth: { operator, settings: { layers: 2 } } } },
    { share: 0.5, reductions: {} },
  ];
  const scheduleOf = (operator: string | null): Schedule => {
    if (operator === null) return TARGET_ONLY;
    return operator === 'never' ? [{ ...grownBy('stack')[0]!, share: 1 }] : grownBy(operator);
  };
  return planSweep({
    ...planOf([]).comparison,
    seeds,
    arms: Object.entries(arms).map(([name, operator], index) => ({
      ...{ name, point: {}, group: index === 0 ? 'baseline' : 'depth' },
      settings: { ...settings, schedule: scheduleOf(operator) },
    })),
  });
}
