import type { HostTensors, Program, StepFunction } from '../engine/engine.ts';
import { layout, type ModelShape } from '../growth/layout.ts';
import type { TaskRecord } from '../run/record.ts';
import type { Settings } from '../run/spec.ts';
import type { Task } from '../tasks/task.ts';
import { loadExamples } from '../text/task-data.ts';
import { openTokenizer } from '../text/tokenizer.ts';
import { freshMoments, trainedAs } from './adamw.ts';
import { headParameters, initialHead } from './heads.ts';
import { freshParameter } from './init.ts';
import type { Run } from './pretrain.ts';
import { rateAt } from './rate.ts';
import { classification, regression } from './sequence-task.ts';
import { spanExtraction } from './span-task.ts';
import { columnFeeds, epochSteps, orderedRows, takeRows, trainingRows } from './task-batches.ts';
import type { Encoding, TaskModel } from './task-model.ts';
import { timed } from './stopwatch.ts';
import { scalarOutput, stepFeeds, trainingStep } from './training-step.ts';

export interface Finetuned {
  readonly record: TaskRecord;
  readonly warnings: readonly string[];
}

/**
 * Fine-tunes a pre-trained model on one task with a new head and a new optimizer, and scores it on the test examples.
 * `pretrained` is the pre-trained shape and state; the masked-LM head is left behind, and so is any reduction of the
 * length: it belongs to pre-training. Rejects with the signal's reason when stopped.
 */
export async function finetune(
  run: Run,
  task: Task,
  pretrained: { readonly shape: ModelShape; readonly state: HostTensors },
): Promise<Finetuned> {
  const { settings, seed } = run.cell;
  const shape: ModelShape = { ...pretrained.shape, pool: null, length: settings.finetune.length };
  const model = await prepareTask(task, shape, settings);
  const names = layout(shape).filter(({ name }) => !name.startsWith('masked_lm/'));
  const encoder = new Map(names.map(({ name }) => [name, pretrained.state.get(name)!]));
  const parameters = new Map([
    ...encoder,
    ...initialHead(task, shape.hidden, freshParameter(settings.model.init, seed)),
  ]);
  const trained = [...names, ...headParameters(task, shape.hidden)].map(({ name, kind }) => trainedAs(name, kind));
  const state = new Map([...parameters, ...freshMoments(parameters)]);
  const program = await run.engine.compile(stepsOf(model, settings, trained), state, {
    ...{ precision: settings.train.precision, xla: run.cell.engine.xla, steps: plannedSteps(model, settings) },
  });
  try {
    const { seconds } = await timed(() => train(run, task, program, model));
    const outputs = await predict(run, program, model);
    const metrics = model.score(outputs);
    run.onEvent({ type: 'score', task: task.name, metrics });
    return { record: { version: task.version, metrics, seconds }, warnings: model.warnings };
  } finally {
    program.dispose();
  }
}

async function prepareTask(task: Task, shape: ModelShape, { data, finetune: own }: Settings): Promise<TaskModel> {
  const encoding: Encoding = {
    tokenizer: openTokenizer(data.vocab),
    length: own.length,
    examples: own.examples,
  };
  switch (task.kind) {
    case 'classification':
      return classification(task, await loadExamples(task), shape, encoding);
    case 'regression':
      return regression(task, await loadExamples(task), shape, encoding);
    case 'span':
      return spanExtraction(task, await loadExamples(task), shape, encoding);
  }
}

type Steps = Readonly<Record<'train' | 'predict', StepFunction>>;

function stepsOf(model: TaskModel, settings: Settings, trained: ReturnType<typeof trainedAs>[]): Steps {
  const { batch } = settings.finetune;
  const train = trainingStep({
    trained,
    feeds: columnFeeds(model.train, batch),
    loss: model.loss,
    dropout: settings.model.dropout,
    clip: settings.train.clip,
  });
  const predict: StepFunction = {
    feeds: columnFeeds(model.test, batch),
    step: (state, fed) => ({ outputs: { outputs: model.outputs(state, fed) } }),
  };
  return { train, predict };
}

const plannedSteps = ({ trainRows }: TaskModel, { finetune: { epochs, batch } }: Settings): number =>
  epochs * epochSteps(trainRows.length, batch);

/** Events of a task at most. */
const STEP_EVENTS = 50;

async function train({ cell, onEvent, signal }: Run, task: Task, program: Program, model: TaskModel): Promise<void> {
  const { seed, settings } = cell;
  const { batch, rate, warmup } = settings.finetune;
  const count = model.trainRows.length;
  const steps = plannedSteps(model, settings);
  const span = { peak: rate, warmup: Math.round(warmup * steps), steps };
  for (let step = 0; step < steps; step += 1) {
    signal.throwIfAborted();
    const rows = trainingRows(step, count, batch, seed).map((row) => model.trainRows[row]!);
    const optimizer = { rate: rateAt(step, span), decay: settings.train.decay, update: step + 1, seed, step };
    const outputs = await program.run('train', { ...takeRows(model.train, rows), ...stepFeeds(optimizer) });
    if ((step + 1) % Math.ceil(steps / STEP_EVENTS) !== 0 && step + 1 !== steps) continue;
    onEvent({ type: 'finetune', task: task.name, step: step + 1, of: steps, loss: scalarOutput(outputs, 'loss') });
  }
}

/** The outputs of all test examples, [testCount * width]. */
async function predict({ cell, signal }: Run, program: Program, model: TaskModel): Promise<Float32Array> {
  const { batch } = cell.settings.finetune;
  const all = new Float32Array(model.testCount * model.width);
  for (const [number, rows] of orderedRows(model.testCount, batch).entries()) {
    signal.throwIfAborted();
    const outputs = (await program.run('predict', takeRows(model.test, rows))).get('outputs')!;
    const start = number * batch * model.width;
    all.set(outputs.subarray(0, all.length - start), start);
  }
  return all;
}
