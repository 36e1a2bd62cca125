import { forwardFlops } from '../../growth/flops.ts';
import { protocolOf } from '../../run/protocol.ts';
import { targetShape, type Settings } from '../../run/spec.ts';
import { flopsOfSteps, planStages } from '../../run/stages.ts';

/** The default tasks' training sets have about so many examples; only the estimate of what is left depends on it. */
const TYPICAL_EXAMPLES = 20_000;

/** Backward costs twice the forward pass. */
const FORWARD_AND_BACKWARD = 3;

/** Pre-training FLOPs of a cell up to `step`, counted over the whole run, if no stage is left early. */
export function pretrainWork(settings: Settings, step: number): number {
  return planStages(settings).reduce((sum, stage) => {
    const fitted = step > stage.start ? (stage.fit?.flops ?? 0) : 0;
    return sum + fitted + flopsOfSteps(settings, stage, Math.min(stage.steps, Math.max(0, step - stage.start)));
  }, 0);
}

/** FLOPs of fine-tuning one task, roughly: for estimates of the time left, never for a table. */
function taskWork(settings: Settings, task: string): number {
  const { examples, epochs, length, rates, seeds } = protocolOf(settings, task);
  const forward = forwardFlops({ ...targetShape(settings), length }, 0);
  return FORWARD_AND_BACKWARD * forward * (examples ?? TYPICAL_EXAMPLES) * epochs * rates.length * seeds;
}

/** The same for all tasks up to the one of this number, which may be a fraction: 1.5 is one and a half tasks. */
export function finetuneWork(settings: Settings, upTo = Infinity): number {
  const works = settings.finetune.tasks.map((task) => taskWork(settings, task));
  return works.reduce((sum, work, index) => sum + work * Math.min(1, Math.max(0, upTo - index)), 0);
}

/** All FLOPs of a cell, fine-tuning estimated. */
export const workOf = (settings: Settings): number =>
  pretrainWork(settings, settings.train.steps) + finetuneWork(settings);
