import { scheduleProblems } from '../growth/check.ts';
import { DIMENSIONS } from '../growth/layout.ts';
import { stageShape } from '../growth/schedule.ts';
import type { DataFolders } from '../run/task-files.ts';
import { maskedTokens, targetShape, type Settings } from '../run/spec.ts';
import { tasks } from '../tasks/index.ts';
import type { Task } from '../tasks/task.ts';
import type { Path } from './problem.ts';
import { rampFaults } from './ramp-faults.ts';
import { stageFaults } from './stage-relations.ts';
import { thresholdFaults } from './threshold-faults.ts';

/** Settings that do not go together. */
export interface Fault {
  /** The settings at fault, the one most likely to be changed first. */
  readonly settings: readonly [Path, ...Path[]];
  readonly message: string;
  readonly hint: string;
}

/** What must hold between the settings of one arm and is not for a schema to say. */
export function settingFaults(settings: Settings, mayEndSmall: boolean): Fault[] {
  const schedule = scheduleFaults(settings);
  // Shapes and steps of the stages mean nothing until the schedule holds.
  const stages =
    schedule.length > 0 ? [] : [...stageFaults(settings), ...maskFaults(settings), ...rampFaults(settings)];
  return [
    ...modelFaults(settings),
    ...dataFaults(settings),
    ...thresholdFaults(settings),
    ...schedule,
    ...stages,
    ...(mayEndSmall ? [] : endFaults(settings)),
  ];
}

function modelFaults({ model, data, train, finetune }: Settings): Fault[] {
  const faults: Fault[] = [];
  if (model.hidden % model.heads !== 0) {
    faults.push({
      settings: [path('model', 'heads'), path('model', 'hidden')],
      message: `heads must divide hidden, got ${model.heads} heads for ${model.hidden} hidden units`,
      hint: `Near it: ${nearestDivisors(model.hidden, model.heads).join(' or ')} heads.`,
    });
  }
  const own = Object.entries(finetune.overrides ?? {}).flatMap(([task, { length }]) =>
    length === undefined
      ? []
      : [['finetune.overrides', length, path('finetune', 'overrides', task, 'length')] as const],
  );
  for (const [section, length, setting] of [
    ['data', data.length, path('data', 'length')] as const,
    ['finetune', finetune.length, path('finetune', 'length')] as const,
    ...own,
  ]) {
    if (length <= model.positions) continue;
    faults.push({
      settings: [setting, path('model', 'positions')],
      message: `${section}.length must be at most model.positions, got ${length} tokens for ${model.positions} positions`,
      hint: 'The model reads no further than its position table.',
    });
  }
  if (train.warmup > train.steps) {
    faults.push({
      settings: [path('train', 'warmup'), path('train', 'steps'), path('train', 'flops')],
      message: `train.warmup must be at most train.steps, got ${train.warmup} of ${train.steps} steps`,
      hint: 'A share such as 10% follows the steps.',
    });
  }
  return faults;
}

/** Tasks whose data the user must bring, and has not. */
function dataFaults({ data, finetune }: Settings): Fault[] {
  const wanting = tasks.filter((task) => finetune.tasks.includes(task.name) && dataSetMissing(task, data));
  return wanting.map(({ name, data: set }) => ({
    settings: [path('finetune', 'tasks')],
    message: `${name} needs the folder of its data, got no data.${set}`,
    hint: `Give \`data: { ${set}: PATH }\`, relative to this file.`,
  }));
}

const dataSetMissing = ({ data: set }: Task, data: DataFolders): boolean =>
  set !== 'wordnet' && data[set] === undefined;

function nearestDivisors(of: number, near: number): number[] {
  const divides = (candidate: number) => of % candidate === 0;
  const below = Array.from({ length: Math.min(near, of) }, (_, index) => Math.min(near, of) - index).find(divides);
  const above = Array.from({ length: Math.max(0, of - near) }, (_, index) => near + 1 + index).find(divides);
  return [below, above].filter((divisor) => divisor !== undefined);
}

function scheduleFaults(settings: Settings): Fault[] {
  return scheduleProblems(targetShape(settings), settings.schedule).map(({ stage, dimension, key, message, hint }) => {
    if (stage === null) return { settings: [['schedule']], message, hint };
    if (key !== undefined) return { settings: [['schedule', stage, key]], message, hint };
    if (dimension === null) return { settings: [['schedule', stage]], message, hint };
    const operator = settings.schedule[stage]?.reductions[dimension]?.operator;
    const at = ['schedule', stage, dimension, ...(operator === undefined ? [] : [operator])];
    // A stage that is too large may have no reduction in that dimension at all.
    return { settings: [operator === undefined ? ['schedule', stage] : at], message, hint };
  });
}

/** Special tokens stay as they are, and of the rest something must be left to guess from. */
const specialTokens = ({ pairs }: Settings['data']): number => (pairs === undefined ? 2 : 3);

function maskFaults(settings: Settings): Fault[] {
  const { data, schedule } = settings;
  const target = targetShape(settings);
  const lengths = [...new Set(schedule.map((stage) => stageShape(target, stage).length))];
  const special = specialTokens(data);
  const length = lengths.find((candidate) => maskedTokens(candidate, data.mask) > candidate - special - 1);
  if (length === undefined) return [];
  const message = `data.mask must leave a word to guess from, got ${maskedTokens(length, data.mask)} masks in ${length} tokens`;
  return [
    {
      settings: [path('data', 'mask'), path('data', 'length')],
      message,
      hint: special === 2 ? 'Two of the tokens are [CLS] and [SEP].' : 'Three of the tokens are [CLS] and two [SEP].',
    },
  ];
}

function endFaults({ schedule }: Settings): Fault[] {
  const stage = schedule.length - 1;
  const reductions = schedule[stage]?.reductions ?? {};
  const dimension = DIMENSIONS.find((candidate) => reductions[candidate] !== undefined);
  if (dimension === undefined) return [];
  return [
    {
      settings: [['schedule', stage, dimension]],
      message: `the last stage must train the target, got ${dimension}: ${reductions[dimension]!.operator}`,
      hint: 'End with a stage that has steps only. `compare` has a control that never grows.',
    },
  ];
}

const path = (...steps: readonly string[]): Path => steps;
