import { writePredictions } from '../run/predictions.ts';
import type { TaskRun } from '../run/record.ts';
import type { Cell } from '../run/spec.ts';
import type { Task } from '../tasks/task.ts';
import { TEST, type Encoding, type TaskModel } from './task-model.ts';
import { typicalRun } from './task-runs.ts';
import type { Answers } from './tuning-point.ts';
import { askedSets, type AskedSet } from './unlabelled.ts';

/** Predictions of one task on their way to files. */
export interface KeptPredictions {
  /** What every run is to answer besides the test examples. */
  readonly further: readonly AskedSet[];
  /**
   * Writes the files of the run that speaks for all, from what every run has answered. Throws a UserError where they
   * cannot be written.
   */
  readonly write: (runs: readonly TaskRun[], answers: readonly Answers[]) => Promise<void>;
}

/** Makes ready to keep a task's predictions in `folders`, each a cell's; null where there are none. */
export async function keepPredictions(
  { settings }: Pick<Cell, 'settings'>,
  task: Task,
  model: TaskModel,
  encoding: Encoding,
  folders: readonly string[],
): Promise<KeptPredictions | null> {
  if (folders.length === 0) return null;
  const { sets, missing, warnings } = await askedSets(task, settings.data, encoding);
  // A benchmark's sets stand in for the test examples, whose labels everybody has.
  const filesOf = (answers: Answers) =>
    task.kind !== 'span' && task.unlabelled !== undefined
      ? sets.map((set) => set.file(answers.get(set.key)!))
      : model.files(answers.get(TEST)!);
  return {
    further: sets,
    write: async (runs, answers) => {
      const typical = typicalRun(task, runs);
      const { metrics: _, ...whose } = runs[typical]!;
      const meta = { task: task.name, ...whose, missing, warnings };
      for (const folder of folders) await writePredictions(folder, meta, filesOf(answers[typical]!));
    },
  };
}
