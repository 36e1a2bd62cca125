import type { HostTensors, Program, StepFunction } from '../engine/engine.ts';
import { isHead, layout, type ModelShape } from '../growth/layout.ts';
import type { TaskProtocol } from '../run/protocol.ts';
import type { Settings } from '../run/spec.ts';
import type { Task } from '../tasks/task.ts';
import { freshMoments, trainedAs } from './adamw.ts';
import { answerSet } from './answers.ts';
import { compilingOf } from './compiling.ts';
import { headParameters, initialHead } from './heads.ts';
import { freshParameter } from './init.ts';
import type { CellRun } from './run.ts';
import { rateAt } from './rate.ts';
import { columnFeeds, epochSteps, takeRows, trainingRows } from './task-batches.ts';
import type { Asked, TaskModel } from './task-model.ts';
import { timed } from './stopwatch.ts';
import { scalarOutput, stepFeeds, trainingStep } from './training-step.ts';
import type { RunProgress } from './tuning-point.ts';

/** A pre-trained model that is to be fine-tuned: the shape that it has in fine-tuning, and its parameters. */
export interface Pretrained {
  readonly shape: ModelShape;
  readonly state: HostTensors;
}

/** A task as it is fine-tuned: what is learned, and what every run is to answer then, the test examples first. */
export interface Exercise {
  readonly task: Task;
  readonly model: TaskModel;
  readonly protocol: TaskProtocol;
  readonly sets: readonly Asked[];
}

/** One fine-tuning: all that tells it from another of the same model on the same task. */
export interface Tuning {
  readonly rate: number;
  readonly seed: number;
  /** Where it stands: at its beginning, or at a checkpoint that `state` is of. */
  readonly from: RunProgress;
  readonly state: HostTensors;
  /** Told of every step with its loss, and of every batch that is answered. */
  readonly onProgress: (now: RunProgress, loss: number | null) => void;
  /** Called with what `read` gives the state of: before every step and batch, and before it rejects. */
  readonly keep: (now: RunProgress, read: () => Promise<HostTensors>, why: 'in between' | 'stopped') => Promise<void>;
}

/**
 * Fine-tunes a model with a new head and a new optimizer, and has it answer the exercise's sets; the heads of
 * pre-training are left behind, but for the pooler. Gives the run's end. Rejects with the signal's reason when stopped,
 * after it has had what it has come to kept.
 */
export async function tune(
  run: CellRun,
  exercise: Exercise,
  pretrained: Pretrained,
  tuning: Tuning,
): Promise<RunProgress> {
  const course: Course = { ...tuning.from, answers: new Map(tuning.from.answers) };
  let program: Program<keyof Steps> | null = null;
  // What has not begun is begun again from what it is given.
  const read = async (): Promise<HostTensors> => (course.step === 0 ? new Map() : await program!.read());
  const before = async () => {
    run.signal.throwIfAborted();
    await tuning.keep(course, read, 'in between');
  };
  try {
    run.signal.throwIfAborted();
    program = await compileTuning(run, exercise, pretrained, tuning);
    await train(run, program, exercise, tuning, course, before);
    await answer(program, exercise, tuning, course, before);
    return course;
  } catch (error) {
    if (run.signal.aborted) await tuning.keep(course, read, 'stopped');
    throw error;
  } finally {
    program?.dispose();
  }
}

/** A run's progress while it moves. */
interface Course {
  step: number;
  seconds: number;
  readonly answers: Map<string, Float32Array>;
}

type Steps = Readonly<Record<'train' | 'predict', StepFunction>>;

function compileTuning(
  { engine, cell }: CellRun,
  { task, model, protocol }: Exercise,
  { shape, state: encoderState }: Pretrained,
  { seed, from, state }: Tuning,
): Promise<Program<keyof Steps>> {
  const { settings } = cell;
  const names = layout(shape).filter((parameter) => !isHead(parameter));
  const trained = [...names, ...headParameters(task, shape.hidden)].map(({ name, kind }) => trainedAs(name, kind));
  const fresh = (): HostTensors => {
    const encoder = names.map(({ name }) => [name, encoderState.get(name)!] as const);
    const head = initialHead(task, shape.hidden, freshParameter(settings.model.init, seed), encoderState);
    const parameters = new Map([...encoder, ...head]);
    return new Map([...parameters, ...freshMoments(parameters)]);
  };
  return engine.compile(
    stepsOf(model, settings, protocol, trained),
    from.step === 0 ? fresh() : state,
    compilingOf(cell, plannedSteps(model, protocol)),
  );
}

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

async function train(
  { cell }: CellRun,
  program: Program<keyof Steps>,
  { model, protocol }: Exercise,
  { rate, seed, onProgress }: Tuning,
  course: Course,
  before: () => Promise<void>,
): Promise<void> {
  const { batch, warmup } = protocol;
  const count = model.trainRows.length;
  const steps = plannedSteps(model, protocol);
  const span = { peak: rate, warmup: Math.round(warmup * steps), steps };
  while (course.step < steps) {
    await before();
    const { step } = course;
    const { value: outputs, seconds } = await timed(() => {
      const rows = trainingRows(step, count, batch, seed).map((row) => model.trainRows[row]!);
      const optimizer = { rate: rateAt(step, span), decay: cell.settings.train.decay, update: step + 1, seed, step };
      return program.run('train', { ...takeRows(model.train, rows), ...stepFeeds(optimizer) });
    });
    course.step += 1;
    course.seconds += seconds;
    onProgress(course, scalarOutput(outputs, 'loss'));
  }
}

async function answer(
  program: Program<keyof Steps>,
  { model, protocol, sets }: Exercise,
  { onProgress }: Tuning,
  course: Course,
  before: () => Promise<void>,
): Promise<void> {
  for (const set of sets) {
    const answered = course.answers.get(set.key) ?? new Float32Array();
    course.answers.set(set.key, answered);
    await answerSet(program, set, answered, {
      ...{ batch: protocol.batch, width: model.width, before },
      onBatch: (answers) => {
        course.answers.set(set.key, answers);
        onProgress(course, null);
      },
    });
  }
}
