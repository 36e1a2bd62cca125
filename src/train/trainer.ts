import { join } from 'node:path';
import { openEngine, type Opening } from '../engine/choose.ts';
import type { Engine } from '../engine/engine.ts';
import { planStages } from '../run/plan.ts';
import type { CellResult, TaskRecord, Trainer } from '../run/record.ts';
import type { Cell } from '../run/spec.ts';
import { tasks } from '../tasks/index.ts';
import type { Task } from '../tasks/task.ts';
import { prepareCorpus } from '../text/prepare.ts';
import { openTokenizer } from '../text/tokenizer.ts';
import { finetune } from './finetune.ts';
import { pretrain, type Pretrained, type Run } from './pretrain.ts';
import { saveModel } from './save-model.ts';
import { startWarnings } from './start.ts';
import { timed } from './stopwatch.ts';

/** The trainer on the engine that was settled on. Throws what the engine throws where it does not open. */
export async function openTrainer(name: Engine['name'], opening: Opening = {}): Promise<Trainer> {
  const { engine, why } = await openEngine(name, opening);
  const { device, versions, threads, repeatable } = engine;
  return {
    run: async (cell, { cache, models }, onEvent, signal) => {
      const { settings } = cell;
      onEvent({ type: 'engine', name, device, versions, why, threads, repeatable });
      const progress = (done: number, of: number) => {
        onEvent({ type: 'prepare', what: 'corpus', done, of });
      };
      const corpus = await prepareCorpus(settings.data.corpus, await openTokenizer(settings), cache, progress, signal);
      return runCell({ engine, cell, corpus, onEvent, signal }, models);
    },
  };
}

/**
 * Pre-trains and fine-tunes one cell; the pre-trained model is saved in `models`, if that is a folder and the model a
 * BERT. Throws where the settings name a task that there is not, and a UserError where the model cannot be written.
 */
export async function runCell(run: Run, models: string | null = null): Promise<CellResult> {
  const wanted = run.cell.settings.finetune.tasks.map(taskNamed);
  const pretrained = await pretrain(run);
  if (models !== null && pretrained.state !== null) {
    await saveModel(join(models, run.cell.id), run.cell.settings, pretrained.state);
  }
  const { value, seconds } = await timed(() => finetuneAll(run, wanted, pretrained));
  const { state, ...measured } = pretrained;
  const { digest, train, validation } = run.corpus;
  return {
    ...measured,
    seconds: { ...measured.seconds, finetune: seconds },
    tasks: value.records,
    corpus: { digest, trainTokens: train.length, validationTokens: validation.length },
    warnings: [
      ...(await startWarnings(run.cell.settings)),
      ...(state === null ? [divergenceWarning(pretrained)] : []),
      ...value.warnings,
    ],
  };
}

const divergenceWarning = ({ steps }: Pretrained): string => `the loss diverged at step ${steps}`;

function taskNamed(name: string): Task {
  const task = tasks.find((candidate) => candidate.name === name);
  if (task === undefined) throw new Error(`no task is called ${name}`);
  return task;
}

/** A model that diverged is not fine-tuned: its scores would be those of no model. */
async function finetuneAll(run: Run, wanted: readonly Task[], { state }: Pretrained) {
  const records: Record<string, TaskRecord> = {};
  const warnings: string[] = [];
  if (state === null) return { records, warnings };
  const shape = lastShape(run.cell);
  for (const task of wanted) {
    const { record, warnings: own } = await finetune(run, task, { shape, state });
    records[task.name] = record;
    warnings.push(...own);
  }
  return { records, warnings };
}

const lastShape = ({ settings }: Cell) => planStages(settings).at(-1)!.shape;
