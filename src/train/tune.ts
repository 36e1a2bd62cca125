import type { HostTensors, Program, StepFunction } from '../engine/engine.ts';
import { isHead, layout, type ModelShape } from '../growth/layout.ts';
import type { TaskProtocol } from '../run/protocol.ts';
import type { Settings } from '../run/spec.ts';
import type { Task } from '../tasks/task.ts';
import { freshMoments, trainedAs } from './adamw.ts';
import { headParameters, initialHead } from './heads.ts';
import { freshParameter } from './init.ts';
import type { CellRun } from './run.ts';
import { rateAt } from './rate.ts';
import { columnFeeds, epochSteps, orderedRows, takeRows, trainingRows } from './task-batches.ts';
import type { Asked, Score, TaskModel } from './task-model.ts';
import { timed } from './stopwatch.ts';
import { scalarOutput, stepFeeds, trainingStep } from './training-step.ts';

/** A pre-trained model that is to be fine-tuned: the shape that it has in fine-tuning, and its parameters. */
export interface Pretrained {
  readonly shape: ModelShape;
  readonly state: HostTensors;
}

/** One fine-tuning: all that tells it from another of the same model on the same task. */
export interface Tuning {
  readonly protocol: TaskProtocol;
  readonly rate: number;
  readonly seed: number;
  /** Told of the steps that are done, and of the last one's loss. */
  readonly onStep: (step: number, loss: number) => void;
}

/** What a fine-tuned model says. */
export interface Tuned {
  readonly score: Score;
  /** Of all test examples, [testCount * width]. */
  readonly outputs: Float32Array;
  /** Of all examples of each further set, [count * width]. */
  readonly further: readonly Float32Array[];
  /** Of the training steps. */
  readonly seconds: number;
}

/**
 * Fine-tunes a model with a new head and a new optimizer, scores it on the test examples and has it answer further
 * sets; the heads of pre-training are left behind, but for the pooler. Rejects with the signal's reason when stopped.
 */
export async function tune(
  run: CellRun,
  task: Task,
  model: TaskModel,
  { shape, state: encoderState }: Pretrained,
  tuning: Tuning,
  further: readonly Asked[] = [],
): Promise<Tuned> {
  const { settings } = run.cell;
  const { protocol, seed } = tuning;
  const names = layout(shape).filter((parameter) => !isHead(parameter));
  const encoder = new Map(names.map(({ name }) => [name, encoderState.get(name)!]));
  const parameters = new Map([
    ...encoder,
    ...initialHead(task, shape.hidden, freshParameter(settings.model.init, seed), encoderState),
  ]);
  const trained = [...names, ...headParameters(task, shape.hidden)].map(({ name, kind }) => trainedAs(name, kind));
  const state = new Map([...parameters, ...freshMoments(parameters)]);
  const program = await run.engine.compile(stepsOf(model, settings, protocol, trained), state, {
    ...{ precision: settings.train.precision, xla: run.cell.engine.xla, steps: plannedSteps(model, protocol) },
  });
  try {
    const { seconds } = await timed(() => train(run, program, model, tuning));
    const test = { count: model.testCount, feeds: (rows: readonly number[]) => takeRows(model.test, rows) };
    const outputs = await predict(run, program, test, model.width, protocol);
    const others: Float32Array[] = [];
    for (const asked of further) others.push(await predict(run, program, asked, model.width, protocol));
    return { score: model.score(outputs), outputs, further: others, seconds };
  } finally {
    program.dispose();
  }
}

type Steps = Readonly<Record<'train' | 'predict', StepFunction>>;

function stepsOf(
  model: TaskModel,
  settings: Settings,
  { batch }: TaskProtocol,
  trained: ReturnType<typeof trainedAs>[],
): Steps {
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

/** Training steps of one run. */
export const plannedSteps = ({ trainRows }: TaskModel, { epochs, batch }: TaskProtocol): number =>
  epochs * epochSteps(trainRows.length, batch);

/** Steps of a run that are told of, at most. */
const STEP_EVENTS = 50;

async function train(
  { cell, signal }: CellRun,
  program: Program,
  model: TaskModel,
  { protocol, rate, seed, onStep }: Tuning,
): Promise<void> {
  const { batch, warmup } = protocol;
  const count = model.trainRows.length;
  const steps = plannedSteps(model, protocol);
  const span = { peak: rate, warmup: Math.round(warmup * steps), steps };
  for (let step = 0; step < steps; step += 1) {
    signal.throwIfAborted();
    const rows = trainingRows(step, count, batch, seed).map((row) => model.trainRows[row]!);
    const optimizer = { rate: rateAt(step, span), decay: cell.settings.train.decay, update: step + 1, seed, step };
    const outputs = await program.run('train', { ...takeRows(model.train, rows), ...stepFeeds(optimizer) });
    if ((step + 1) % Math.ceil(steps / STEP_EVENTS) !== 0 && step + 1 !== steps) continue;
    onStep(step + 1, scalarOutput(outputs, 'loss'));
  }
}

/** The outputs of all examples, [count * width]. */
async function predict(
  { signal }: CellRun,
  program: Program,
  { count, feeds }: Asked,
  width: number,
  { batch }: TaskProtocol,
): Promise<Float32Array> {
  const all = new Float32Array(count * width);
  for (const [number, rows] of orderedRows(count, batch).entries()) {
    signal.throwIfAborted();
    const outputs = (await program.run('predict', await feeds(rows))).get('outputs')!;
    const start = number * batch * width;
    all.set(outputs.subarray(0, all.length - start), start);
  }
  return all;
}
