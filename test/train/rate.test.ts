import { describe, expect, test } from 'vitest';
import type { GrowthPolicy } from '../../src/growth/policy.ts';
import { planStages, stageAfter, type PlannedStage } from '../../src/run/stages.ts';
import { pretrainingRate, rateAt } from '../../src/train/rate.ts';
import { tinySettings } from './tiny.ts';

test('a rate rises in a straight line to its peak and falls towards 0', () => {
  const span = { peak: 1, warmup: 4, steps: 12 };
  const rates = Array.from({ length: 12 }, (_, step) => rateAt(step, span));
  expect(rates).toEqual([0.25, 0.5, 0.75, 1, 1, 0.875, 0.75, 0.625, 0.5, 0.375, 0.25, 0.125]);
});

test('without warm-up the first step has the peak rate', () => {
  expect(rateAt(0, { peak: 2, warmup: 0, steps: 5 })).toBe(2);
});

describe('over stages of 60 and 40 of 100 steps with a warm-up of 10', () => {
  const train = { ...tinySettings().train, steps: 100, warmup: 10, rate: 1 };
  const schedule = [
    { share: 0.6, reductions: { depth: { operator: 'stack', settings: { layers: 1 } } } },
    { share: 0.4, reductions: {} },
  ];
  const settingsOf = (growth: Partial<GrowthPolicy>, own: Partial<GrowthPolicy> = {}) => ({
    ...{ ...tinySettings(), train, growth: { optimizer: 'reset', rate: 'restart', ...growth } as const },
    schedule: schedule.map((stage, index) => (index === 0 ? stage : { ...stage, growth: own })),
  });
  const within = (settings: ReturnType<typeof settingsOf>, stage: PlannedStage) =>
    Array.from({ length: stage.steps }, (_, own) => pretrainingRate(settings, stage, stage.start + own));
  const rates = (rate: GrowthPolicy['rate'], more: Partial<GrowthPolicy> = {}, own: Partial<GrowthPolicy> = {}) => {
    const settings = settingsOf({ rate, ...more }, own);
    return planStages(settings).flatMap((stage) => within(settings, stage));
  };
  const run = Array.from({ length: 100 }, (_, step) => (step < 10 ? (step + 1) / 10 : (100 - step) / 90));

  test('continue: one rise and one fall, as without growth', () => {
    expect(rates('continue')).toEqual(run);
  });

  test('restart: every stage rises over a tenth of its steps and falls', () => {
    const restarted = rates('restart');
    expect(restarted.indexOf(1)).toBe(5);
    expect(restarted[59]).toBeCloseTo(1 / 54);
    expect(restarted[60]).toBe(0.25);
    expect(restarted[63]).toBe(1);
    expect(restarted[99]).toBeCloseTo(1 / 36);
  });

  test('rewarm: the same fall, to which the rate climbs within a tenth of the stage', () => {
    const climb = [1, 2, 3, 4].map((own) => ((37 / 90) * own) / 4);
    expect(rates('rewarm')).toEqual([...run.slice(0, 60), ...climb, ...run.slice(64)]);
  });

  test('a warm-up in steps or as a share of the stage; never that of the first stage, into which nothing grows', () => {
    const steps = rates('restart', { warmup: { steps: 8 } });
    expect([steps[5], steps[60], steps[67], steps[68]]).toEqual([1, 1 / 8, 1, 1]);
    const share = rates('rewarm', { warmup: { share: 0.5 } });
    expect(share.slice(0, 60)).toEqual(run.slice(0, 60));
    expect([share[60], share[79], share[80]]).toEqual([(21 / 90) * (1 / 20), 21 / 90, 20 / 90]);
    expect(rates('rewarm', { warmup: { steps: 0 } })).toEqual(run);
  });

  test('a stage departs from the policy of the run in what it says, and in no more', () => {
    expect(rates('restart', {}, { rate: 'continue' })).toEqual([...rates('restart').slice(0, 60), ...run.slice(60)]);
    expect(rates('continue', {}, { rate: 'restart' }).slice(60)).toEqual(rates('restart').slice(60));
    const warmup = { steps: 8 };
    expect(rates('restart', {}, { warmup })).toEqual(rates('restart', { warmup }));
  });

  test('the last stage, longer by what a stage before it left over, falls over the steps that it has', () => {
    const settings = settingsOf({});
    const late = within(settings, stageAfter(settings, planStages(settings), 1, 30));
    expect(late).toHaveLength(70);
    expect(late).toEqual(Array.from({ length: 70 }, (_, own) => (own < 7 ? (own + 1) / 7 : (70 - own) / 63)));
    const going = settingsOf({ rate: 'continue' });
    expect(within(going, stageAfter(going, planStages(going), 1, 30))).toEqual(run.slice(30));
  });
});
