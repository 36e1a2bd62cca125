import type { Settings } from '../run/spec.ts';
import type { PlannedStage } from '../run/stages.ts';

/** A span of steps with one warm-up and one decay. */
export interface RateSpan {
  readonly peak: number;
  readonly warmup: number;
  readonly steps: number;
}

/**
 * The learning rate of step `step` (from 0) of a span: up in a straight line to `peak` at the last warm-up step, then
 * down in a straight line that would reach 0 at the step after the last. The first step has peak / warmup, where
 * get_linear_schedule_with_warmup of transformers has 0 and is a step behind all through warm-up.
 */
export function rateAt(step: number, { peak, warmup, steps }: RateSpan): number {
  if (step < warmup) return (peak * (step + 1)) / warmup;
  return (peak * Math.max(0, steps - step)) / (steps - warmup);
}

/**
 * The rate of a pre-training step, counted from 0 over the whole run, in the stage that it belongs to. `continue`: one
 * span for the run. `restart`: one for the stage, over the steps that it may have; where it is left early, the rate is
 * left where it is. `rewarm`: the run's, to which the rate climbs in a straight line from the growth to the last step of
 * the stage's warm-up (Shen et al. 2022 rewarm so; their decay, too, is that of the whole run).
 */
export function pretrainingRate({ train }: Settings, stage: PlannedStage, step: number): number {
  const run = { peak: train.rate, warmup: train.warmup, steps: train.steps };
  const own = step - stage.start;
  switch (stage.rate) {
    case 'continue':
      return rateAt(step, run);
    case 'restart':
      return rateAt(own, { ...run, warmup: stage.warmup, steps: stage.steps });
    case 'rewarm': {
      if (own >= stage.warmup) return rateAt(step, run);
      return (rateAt(stage.start + stage.warmup - 1, run) * (own + 1)) / stage.warmup;
    }
  }
}
