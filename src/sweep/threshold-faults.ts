import type { Settings } from '../run/spec.ts';
import { tasks } from '../tasks/index.ts';
import type { Fault } from './relations.ts';

/** Thresholds for "no answer" that no task would ever look at, where every question has an answer or there is none. */
export function thresholdFaults({ finetune }: Settings): Fault[] {
  const general = finetune['null-threshold'] !== undefined && !finetune.tasks.some(canUse);
  const single = Object.entries(finetune.overrides ?? {}).filter(
    ([task, own]) => own['null-threshold'] !== undefined && !canUse(task),
  );
  return [
    ...(general ? [generalFault(finetune.tasks)] : []),
    ...single.map(([task]): Fault => ({
      settings: [['finetune', 'overrides', task, 'null-threshold']],
      message: `null-threshold must be of a task whose questions may have no answer, got ${task}`,
      hint: `Remove it: it is for ${USERS.join(', ')}.`,
    })),
  ];
}

const generalFault = (wanted: readonly string[]): Fault => ({
  settings: [
    ['finetune', 'null-threshold'],
    ['finetune', 'tasks'],
  ],
  message: `null-threshold needs a task whose questions may have no answer, got ${wanted.join(', ') || 'no task'}`,
  hint: `Remove it, or give it under overrides to the task that it is for: ${USERS.join(', ')}.`,
});

const USERS: readonly string[] = tasks.flatMap((task) =>
  task.kind === 'span' && task.unanswerable === true ? [task.name] : [],
);

const canUse = (task: string): boolean => USERS.includes(task);
