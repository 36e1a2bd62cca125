import type { Settings } from '../run/spec.ts';
import { planStages, type PlannedStage } from '../run/stages.ts';
import type { Fault } from './relations.ts';
import type { FilledSettings } from './settings.ts';

/** What must hold of the lengths of the stages, given in steps, of schedules that can be grown through. */
export function stageFaults(settings: Settings): Fault[] {
  return planStages(settings).flatMap((stage, index) => [
    ...lengthFaults(settings, stage, index),
    // A warm-up that follows train.warmup fits where that fits.
    ...(settings.train.warmup > settings.train.steps ? [] : warmupFaults(stage, index)),
    ...freezeFaults(stage, index),
    ...untilFaults(settings, stage, index),
  ]);
}

function lengthFaults({ model, schedule, train }: Settings, { steps }: PlannedStage, index: number): Fault[] {
  // What a checkpoint brings has been trained already.
  const isTrained = index === 0 && model.init.checkpoint !== undefined;
  if (steps > 0 || train.steps === 0 || isTrained) return [];
  const share = Number((schedule[index]!.share * 100).toPrecision(6));
  const message = `a stage must last at least one step, got ${share}% of ${train.steps} steps`;
  const settings: Fault['settings'] = [
    ['schedule', index, 'steps'],
    ['schedule', index, 'flops'],
  ];
  return [{ settings, message, hint: 'Give it a larger share or train longer.' }];
}

function warmupFaults({ steps, rate, warmup }: PlannedStage, index: number): Fault[] {
  if (warmup <= steps || steps === 0 || rate === 'continue') return [];
  const message = `growth.warmup must be at most the stage's steps, got ${warmup} in a stage of ${steps} steps`;
  const settings: Fault['settings'] = [
    ['schedule', index, 'growth', 'warmup'],
    ['growth', 'warmup'],
  ];
  return [{ settings, message, hint: 'A share such as 10% follows the stage.' }];
}

function freezeFaults({ steps, freeze }: PlannedStage, index: number): Fault[] {
  if (freeze === null || freeze.steps > 0 || steps === 0) return [];
  const message = `freeze must last at least one step, got ${freeze.steps} of the stage's ${steps}`;
  return [{ settings: [['schedule', index, 'freeze']], message, hint: 'Give it a larger share or remove it.' }];
}

function untilFaults({ train }: Settings, { start, steps, freeze, until }: PlannedStage, index: number): Fault[] {
  if (until === null) return [];
  const count = evaluations(start + (freeze?.steps ?? 0), start + steps, train.evaluate);
  if (count > until.window) return [];
  const needed = until.window + 1;
  const message =
    `until must have ${needed} evaluations to compare within the stage, got ${count}: ` +
    `one every ${train.evaluate} steps`;
  const settings: Fault['settings'] = [
    ['schedule', index, 'until'],
    ['train', 'evaluate'],
  ];
  return [{ settings, message, hint: 'Evaluate more often (train.evaluate) or take a smaller window.' }];
}

/** Evaluations after steps from `start`, exclusive, to `end`. */
const evaluations = (start: number, end: number, every: number): number =>
  Math.floor(end / every) - Math.floor(start / every);

/** What must hold of how a schedule is written. */
export function writtenFaults({ schedule, train }: FilledSettings): Fault[] {
  const faults: Fault[] = [];
  const odd = schedule.findIndex(({ unit }) => unit !== schedule[0]?.unit);
  if (odd !== -1) {
    const [first, other] = [schedule[0]!.unit, schedule[odd]!.unit];
    faults.push({
      settings: [['schedule', odd, other]],
      message: `the stages of a schedule must all be given in steps or all in flops, got ${first} and then ${other}`,
      hint: 'Give all shares in one of the two.',
    });
  }
  const early = schedule.findIndex(({ stage }) => stage.until !== undefined);
  if (early !== -1 && train.flops !== undefined) {
    faults.push({
      settings: [['schedule', early, 'until']],
      message: 'a stage can be left early only where the run has train.steps, got train.flops',
      hint: 'The steps left over are trained in a larger model: the budget would not hold.',
    });
  }
  return faults;
}
