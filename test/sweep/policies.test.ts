import { describe, expect, test } from 'vitest';
import { planSweep } from '../../src/run/plan.ts';
import type { Settings } from '../../src/run/spec.ts';
import { planStages } from '../../src/run/stages.ts';
import { loadSweep } from '../../src/sweep/load.ts';
import { loadText } from './folder.ts';

const sweep = (arm: string, { base = 'steps: 1000', vary = '[schedule, growth]', more = '' } = {}) => `vary: ${vary}
base:
  model: { layers: 4, hidden: 64, heads: 4 }
  train: { ${base}, rate: 1e-3 }
${more}arms:
  full: {}
  grown: ${arm}
`;
const grown = async (text: string): Promise<Settings> => (await loadText(text)).arms[1]!.settings;
const TWO = '[{ steps: 70%, depth: { stack: 2 } }, { steps: 30% }]';

describe('a stage says', () => {
  test('how the growth into it departs from the policy of the run', async () => {
    const { schedule, growth } = await grown(
      sweep(
        '{ schedule: [{ steps: 70%, depth: { stack: 2 } }, { steps: 30%, growth: { optimizer: carry, rate: rewarm, warmup: 20% } }] }',
        { more: '  growth: { warmup: 30 }\n' },
      ),
    );
    expect(growth).toEqual({ optimizer: 'reset', rate: 'restart', warmup: { steps: 30 } });
    expect(schedule[1]).toEqual({
      share: 0.3,
      reductions: {},
      growth: { optimizer: 'carry', rate: 'rewarm', warmup: { share: 0.2 } },
    });
    expect(planStages(await grown(sweep(`{ schedule: ${TWO}, growth: { warmup: 50% } }`)))[1]!.warmup).toBe(150);
  });

  test('how long only its new layers are trained, and when the one before it is left', async () => {
    const { schedule } = await grown(
      sweep(
        '{ schedule: [{ steps: 70%, depth: { stack: 2 }, until: { slope: 0.01 } }, { steps: 30%, freeze: 12.5% }] }',
      ),
    );
    expect(schedule[0]!.until).toEqual({ slope: 0.01, window: 2 });
    const [small, large] = planStages(await grown(sweep(`{ schedule: ${TWO} }`)));
    const frozen = planStages({ ...(await grown(sweep(`{ schedule: ${TWO} }`))), schedule })[1]!;
    expect(frozen.freeze).toEqual({ steps: 38, layers: [2, 3] });
    expect(frozen.flops).toBeLessThan(large!.flops);
    expect(small!.freeze).toBeNull();
  });
});

describe('stages that last shares of the FLOPs', () => {
  const stages = [
    '{ flops: 20%, depth: { stack: 1 }, width: { ffn-share: 4 } }',
    '{ flops: 30%, depth: { stack: 2 } }',
    '{ flops: 50%, freeze: 40% }',
  ];
  const text = (base?: string) => sweep(`{ schedule: [${stages.join(', ')}] }`, base === undefined ? {} : { base });

  test('cost those shares, within a step each, and last all steps together', async () => {
    const planned = planStages(await grown(text()));
    const total = planned.reduce((sum, { flops }) => sum + flops, 0);
    expect(planned.reduce((sum, { steps }) => sum + steps, 0)).toBe(1000);
    for (const [index, share] of [0.2, 0.3, 0.5].entries()) {
      const { flops, steps } = planned[index]!;
      expect(Math.abs(flops - share * total)).toBeLessThanOrEqual((2 * flops) / steps);
    }
    // Cheap steps are many.
    expect(planned[0]!.steps).toBeGreaterThan(planned[2]!.steps);
  });

  test('of a budget in FLOPs cost their shares of it', async () => {
    const planned = planStages(await grown(text('flops: 1e13')));
    const spent = planned.map(({ flops }) => flops / 1e13);
    for (const [index, share] of [0.2, 0.3, 0.5].entries()) expect(spent[index]).toBeCloseTo(share, 2);
  });

  test('are the same setting as shares of the steps that come to them', async () => {
    const { schedule } = await grown(text());
    expect(schedule.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 12);
    expect(schedule[2]).toMatchObject({ freeze: 0.4, reductions: {} });
  });
});

test('an arm may differ in its policy only where the sweep varies that', async () => {
  const arm = `{ schedule: ${TWO}, growth: { optimizer: carry, warmup: 5 } }`;
  await expect(loadText(sweep(arm, { vary: '[schedule, growth.optimizer]' }))).rejects.toThrow(
    'in growth.warmup, which the sweep does not vary',
  );
  await expect(loadText(sweep(arm, { vary: '[schedule, growth.optimizer, growth.warmup]' }))).resolves.toBeDefined();
});

test('experiments/mini/policies.yaml compares policies of one growth, beside controls', async () => {
  const { arms } = planSweep({ ...(await loadSweep('experiments/mini/policies.yaml')), engine: 'wasm' });
  const grownArms = arms.filter(({ group }) => group === 'depth');
  expect(grownArms.length).toBeGreaterThanOrEqual(7);
  for (const { stages } of grownArms) expect(stages.map(({ shape }) => shape.layers)).toEqual([1, 2]);
  const policies = grownArms.map(({ stages }) => JSON.stringify(stages.at(-1)));
  expect(new Set(policies).size).toBe(policies.length);
  expect(arms.map(({ arm }) => arm.name)).toEqual(expect.arrayContaining(['never-grown', 'equal-flops']));
});
