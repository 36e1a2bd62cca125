import { growingAfter, stageSteps } from '../growth/schedule.ts';
import type { Settings } from '../run/spec.ts';
import type { Fault } from './relations.ts';

/** Masks that would not have let everything in by the end of the stage after growth. */
export function rampFaults({ schedule, train }: Settings): Fault[] {
  const steps = stageSteps(schedule, train.steps);
  return schedule.flatMap((_, stage) =>
    growingAfter(schedule, stage).flatMap(({ operator, settings }): Fault[] => {
      const [ramp, next] = [operator.ramp?.(settings) ?? 0, steps[stage + 1] ?? 0];
      if (ramp <= next) return [];
      const message = `ramp must be at most the steps of the stage after growth, got ${ramp} of ${next} steps`;
      const hint = 'Give a smaller ramp, or that stage more steps.';
      return [{ settings: [['schedule', stage, operator.dimension, operator.name]], message, hint }];
    }),
  );
}
