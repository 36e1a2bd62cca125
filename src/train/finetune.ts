import type { HostTensors } from '../engine/engine.ts';
import type { ModelShape } from '../growth/layout.ts';
import { protocolOf, type TaskProtocol } from '../run/protocol.ts';
import type { TaskRecord, TaskRun } from '../run/record.ts';
import type { Settings } from '../run/spec.ts';
import type { Task } from '../tasks/task.ts';
import { drawsAt, PURPOSE } from '../text/random.ts';
import { loadExamples } from '../text/task-data.ts';
import { openTokenizer } from '../text/tokenizer.ts';
import type { Checkpoints } from './checkpoints.ts';
import { keepPredictions } from './keep-predictions.ts';
import type { CellRun } from './run.ts';
import { classification, regression } from './sequence-task.ts';
import { spanExtraction } from './span-task.ts';
import { summarize, typicalRun } from './task-runs.ts';
import { testSet, type Encoding, type TaskModel } from './task-model.ts';
import { tuneRuns } from './tune-runs.ts';
import type { TuningPoint } from './tuning-point.ts';
import { vocabularyOf } from './vocabulary.ts';
import { finetuningWarnings, startingPooler } from './start.ts';
import { windowedSpans } from './window-task.ts';

export interface Finetuned {
  readonly record: TaskRecord;
  readonly warnings: readonly string[];
  /** Of all attempts, and of everything: reading the data and answering too. */
  readonly seconds: number;
}

/**
 * Fine-tunes a pre-trained model on one task, once for every rate and seed of the task's protocol, and scores it on the
 * test examples; its predictions are left in each of `folders`. `pretrained` is the pre-trained shape and state; any
 * reduction of the length is left behind: it belongs to pre-training. Goes on from the last checkpoint if there is one.
 * Rejects with the signal's reason when stopped; throws a UserError for data that it cannot read.
 */
export async function finetune(
  run: CellRun,
  task: Task,
  pretrained: { readonly shape: ModelShape; readonly state: HostTensors },
  folders: readonly string[],
  checkpoints: Checkpoints<TuningPoint>,
): Promise<Finetuned> {
  const began = performance.now();
  const { settings, seed } = run.cell;
  const protocol = protocolOf(settings, task.name);
  const shape: ModelShape = { ...pretrained.shape, pool: null, length: protocol.length };
  const encoding = { ...protocol, tokenizer: openTokenizer(await vocabularyOf(settings)) };
  const model = await prepareTask(task, shape, settings, encoding);
  // The pooler that pre-training has trained, if it has, else the one that the checkpoint brought.
  const state = new Map([...(await startingPooler(settings, shape)), ...pretrained.state]);
  const kept = await keepPredictions(run.cell, task, model, encoding, folders);
  const exercise = { task, model, protocol, sets: [testSet(model), ...(kept?.further ?? [])] };
  const planned = { plan: plannedRuns(protocol, seed), keepsAnswers: kept !== null, began };
  const { runs, answers, seconds } = await tuneRuns(run, exercise, { shape, state }, planned, checkpoints);
  await kept?.write(runs, answers);
  const { warnings, ...summary } = summarize(task, runs);
  const { nullThreshold } = runs[typicalRun(task, runs)]!;
  run.onEvent({ type: 'score', task: task.name, metrics: summary.metrics });
  return {
    record: {
      ...{ version: task.version, seconds: seconds.train, ...summary },
      ...(nullThreshold === undefined ? {} : { nullThreshold }),
    },
    warnings: [...(await finetuningWarnings(settings, task)), ...model.warnings, ...warnings],
    seconds: seconds.whole,
  };
}

/** Every rate with every seed. The first seed is the cell's own, the others are drawn from it. */
function plannedRuns({ rates, seeds }: TaskProtocol, seed: number): Pick<TaskRun, 'rate' | 'seed'>[] {
  const own = Array.from({ length: seeds }, (_, index) =>
    index === 0 ? seed : drawsAt(seed, PURPOSE.finetuning, index).below(2 ** 31),
  );
  return rates.flatMap((rate) => own.map((one) => ({ rate, seed: one })));
}

async function prepareTask(
  task: Task,
  shape: ModelShape,
  { data }: Settings,
  protocol: Encoding & Pick<TaskProtocol, 'nullThreshold'>,
): Promise<TaskModel> {
  switch (task.kind) {
    case 'classification':
      return classification(task, await loadExamples(task, data), shape, protocol);
    case 'regression':
      return regression(task, await loadExamples(task, data), shape, protocol);
    case 'span': {
      const splits = await loadExamples(task, data);
      return task.long === 'windows'
        ? windowedSpans(task, splits, shape, protocol, protocol.nullThreshold)
        : spanExtraction(task, splits, shape, protocol);
    }
  }
}
