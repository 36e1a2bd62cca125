import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { forwardFlops } from '../../src/growth/flops.ts';
import { DIMENSIONS } from '../../src/growth/layout.ts';
import { operators } from '../../src/growth/operators/index.ts';
import { stageShape } from '../../src/growth/schedule.ts';
import { armsByPoint, planSweep, type PlannedArm } from '../../src/run/plan.ts';
import { maskedTokens, targetShape, type Settings } from '../../src/run/spec.ts';
import { loadSweep } from '../../src/sweep/load.ts';

const files = readdirSync('experiments', { recursive: true, encoding: 'utf8' }).filter((file) =>
  file.endsWith('.yaml'),
);

async function planOf(file: string) {
  const { engine, ...comparison } = await loadSweep(`experiments/${file}`);
  return planSweep({ ...comparison, engine: { name: 'wasm', xla: engine.xla } });
}

test.each(files)('experiments/%s begins with its question and can be planned', async (file) => {
  const { comparison, arms, cells } = await planOf(file);
  expect(comparison.question).toMatch(/^[A-Z].*\?(\n|$)/);
  expect(cells).toHaveLength(arms.length * comparison.seeds.length);
  for (const { stages } of arms) expect(stages.every(({ steps }) => steps > 0)).toBe(true);
});

describe.each(DIMENSIONS)('experiments/mini/%s.yaml', (dimension) => {
  const operatorIn = ({ arm }: PlannedArm) => arm.settings.schedule[0]!.reductions[dimension]?.operator;
  const planned = planOf(`mini/${dimension}.yaml`);

  test('compares every operator of the dimension', async () => {
    const { arms } = await planned;
    const compared = new Set(arms.filter(({ group }) => group === dimension).map(operatorIn));
    const registered = operators.filter((operator) => operator.dimension === dimension).map(({ name }) => name);
    expect([...compared].sort()).toEqual(registered.sort());
  });

  test('gives all of them one cost a step, give or take 5 points, and holds each against both controls', async () => {
    for (const arms of armsByPoint((await planned).arms)) {
      const costs = arms.filter(({ group }) => group === dimension).map(({ stages }) => stages[0]!.cost);
      expect(Math.max(...costs) - Math.min(...costs)).toBeLessThan(0.05);
      const names = arms.filter(({ group }) => group === 'control').map(({ arm }) => arm.name);
      for (const control of ['never-grown', 'equal-flops']) {
        expect(names.some((name) => name.startsWith(control))).toBe(true);
      }
    }
  });

  test('has one rate schedule, and a model that learns word order when small', async () => {
    for (const { arm } of (await planned).arms) {
      const { model, data, growth } = arm.settings;
      expect(growth.rate).toBe('continue');
      expect([model.norm, model.init.positions, model.dropout]).toEqual(['pre', 'sinusoidal', 0]);
      expect(model.init.std).toBeCloseTo(1 / Math.sqrt(model.hidden), 3);
      expect([data.vocab, data.length, maskedTokens(data.length, data.mask)]).toEqual([1000, 32, 10]);
    }
  });
});

// FLOPs speedups of Gu et al. 2021. The stages are not published: what gives them is a reconstruction.
describe.each([
  ['base', { stack: 0.687, compound: 1.071 }],
  ['large', { stack: 0.707, compound: 1.114 }],
] as const)('experiments/paper/%s.yaml', (name, published) => {
  const planned = planOf(`paper/${name}.yaml`);

  test.each(['stack', 'compound'] as const)(
    '%s: with 30,522 words its FLOPs speedup is the published one',
    async (own) => {
      const costs = (await planned).arms.map(({ arm }) => [arm.name, meanFlops(arm.settings)] as const);
      const [full, arm] = ['full', own].map((wanted) => costs.find(([known]) => known === wanted)![1]);
      expect(Math.abs(full! / arm! - 1 - published[own])).toBeLessThan(0.025);
    },
  );
});

/** Forward FLOPs of a sequence, as the paper counts them, averaged over the steps, with BERT's vocabulary. */
function meanFlops(settings: Settings): number {
  const target = { ...targetShape(settings), vocab: 30_522 };
  return settings.schedule.reduce((sum, stage) => {
    const shape = stageShape(target, stage);
    return sum + stage.share * forwardFlops(shape, maskedTokens(shape.length, settings.data.mask));
  }, 0);
}
