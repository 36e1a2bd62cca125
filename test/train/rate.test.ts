import { describe, expect, test } from 'vitest';
import { planStages } from '../../src/run/plan.ts';
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
  const rates = (rate: 'restart' | 'continue') => {
    const settings = { ...tinySettings(), train, schedule, growth: { optimizer: 'reset', rate } as const };
    return planStages(settings).flatMap((stage) =>
      Array.from({ length: stage.steps }, (_, own) => pretrainingRate(settings, stage, stage.start + own)),
    );
  };

  test('continue: one rise and one fall, as without growth', () => {
    expect(rates('continue')).toEqual(
      Array.from({ length: 100 }, (_, step) => rateAt(step, { peak: 1, warmup: 10, steps: 100 })),
    );
  });

  test('restart: every stage rises over a tenth of its steps and falls', () => {
    const restarted = rates('restart');
    expect(restarted.indexOf(1)).toBe(5);
    expect(restarted[59]).toBeCloseTo(1 / 54);
    expect(restarted[60]).toBe(0.25);
    expect(restarted[63]).toBe(1);
    expect(restarted[99]).toBeCloseTo(1 / 36);
  });
});
