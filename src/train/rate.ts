import type { PlannedStage } from '../run/plan.ts';
import type { Settings } from '../run/spec.ts';

/** A span of steps with one warm-up and one decay. */
export interface RateSpan {
  readonly peak: number;
  readonly warmup: number;
  readonly steps: number;
}

/**
 * The learning rate of step `step` (from 0) of a span: up in a straight line to `peak` at the last warm-up step, then
 * down in a straight line that would reach 0 at the step after the last.
 */
export function rateAt(step: number, { peak, warmup, steps }: RateSpan): number {
  if (step < warmup) return (peak * (step + 1)) / warmup;
  return (peak * Math.max(0, steps - step)) / (steps - warmup);
}

/**
 * The rate of a pre-training step, counted from 0 over the whole run. `continue`: one span for the run. `restart`: one
 * for every stage, the warm-up taking the same share of each.
 */
export function pretrainingRate({ train, growth }: Settings, stage: PlannedStage, step: number): number {
  const run = { peak: train.rate, warmup: train.warmup, steps: train.steps };
  switch (growth.rate) {
    case 'continue':
      return rateAt(step, run);
    case 'restart': {
      const warmup = Math.round((train.warmup * stage.steps) / train.steps);
      return rateAt(step - stage.start, { ...run, warmup, steps: stage.steps });
    }
  }
}
