import type { Feeds, HostTensors, Program, StepFunction } from '../engine/engine.ts';
import { maskAt, type Entering } from '../growth/entering.ts';
import { isFlat } from '../growth/policy.ts';
import type { CurvePoint, GrowthRecord } from '../run/record.ts';
import { flopsOfSteps, type PlannedStage } from '../run/stages.ts';
import { optimizerFeed } from './adamw.ts';
import { trainingFeeds } from './drawn-batch.ts';
import {
  maskFeed,
  maskedLmEvaluation,
  maskedLmTraining,
  maskedLmTrainingOfNew,
  OPTIMIZER_OF_NEW,
} from './masked-batch.ts';
import { compilingOf } from './compiling.ts';
import type { Run } from './run.ts';
import { pretrainingRate } from './rate.ts';
import { stopwatch, timed, type Stopwatch } from './stopwatch.ts';
import { scalarOutput, stepFeeds } from './training-step.ts';
import { enteringEvaluationAt, evaluationAt, VALIDATION_TOKENS, validationLoss } from './validation.ts';

/** A stage about to run. */
export interface StageStart {
  readonly stage: PlannedStage;
  readonly program: Program;
  /** Updates that every one of Adam's moments had seen before the stage. */
  readonly updates: number;
  /** Where it stands: at its beginning, or at a checkpoint that the program's state is of. */
  readonly point: StagePoint;
  /** Called with the point that the program's state is of: now and then, and before it rejects. */
  readonly keep: (point: () => StagePoint, why: 'in between' | 'stopped') => Promise<void>;
}

/** How far a stage is: all that must be known, besides its tensors, to go on from there. Plain JSON. */
export interface StagePoint {
  /** Steps of the stage that are done. */
  readonly done: number;
  /** FLOPs and seconds are counted from the stage's first step. */
  readonly curve: readonly CurvePoint[];
  /** A loss above this is divergence; null before the run's first step, whose loss sets it. */
  readonly limit: number | null;
  readonly seconds: { readonly train: number; readonly compile: number; readonly evaluate: number };
  /** The growth into the stage; null in the first. */
  readonly growth: GrowthRecord | null;
}

export interface StageEnd {
  readonly point: StagePoint;
  readonly diverged: boolean;
}

/** A run whose loss is so many times its first loss is lost: chance level is below the first loss. */
const DIVERGED = 3;

/** Names of a stage's training steps: of all of the model or of what is new, through masks or not. */
const trainStepAt = (isNew: boolean, isMasked: boolean): string =>
  `train${isNew ? '-new' : ''}${isMasked ? '-entering' : ''}`;

/** Training of a stage's model, and its evaluation at sequences of `lengths` tokens. */
export async function compileStage(
  { engine, cell }: Run,
  { shape, steps, freeze, entering }: PlannedStage,
  lengths: readonly number[],
  state: HostTensors,
): Promise<Program> {
  const { settings } = cell;
  const functionsOf = (through: Entering | null): [string, StepFunction][] => {
    const [meanwhile, isMasked] = [{ freeze, entering: through }, through !== null];
    const evaluation = isMasked ? enteringEvaluationAt : evaluationAt;
    const ofNew = maskedLmTrainingOfNew(shape, settings, meanwhile);
    return [
      [trainStepAt(false, isMasked), maskedLmTraining(shape, settings, meanwhile)],
      ...(freeze === null ? [] : [[trainStepAt(true, isMasked), ofNew] as [string, StepFunction]]),
      ...lengths.map((length): [string, StepFunction] => [
        evaluation(length),
        maskedLmEvaluation({ ...shape, length }, settings, through),
      ]),
    ];
  };
  const masked = entering === null ? [] : functionsOf(entering);
  const functions = Object.fromEntries([...functionsOf(null), ...masked]);
  return engine.compile(functions, state, compilingOf(cell, steps));
}

/** The masks' value in step `own` of a stage; 1 where nothing enters. */
const maskOf = ({ entering }: PlannedStage, own: number): number => (entering === null ? 1 : maskAt(entering, own));

/**
 * Runs a stage's steps from where it stands. Ends early where the loss diverges or, by the stage's rule, no longer falls
 * enough: since it began or, if it froze some of the model or let some in, since all of it is trained and there. Rejects
 * with the signal's reason when stopped, after it has had its point kept.
 */
export async function trainStage(run: Run, start: StageStart): Promise<StageEnd> {
  const { stage, keep } = start;
  const course = courseFrom(start.point);
  try {
    for (;;) {
      if (await evaluateIfDue(run, start, course)) return { point: course.point(), diverged: false };
      if (course.done === stage.steps) return { point: course.point(), diverged: false };
      run.signal.throwIfAborted();
      if (!(await takeStep(run, start, course))) return { point: course.point(), diverged: true };
      await keep(course.point, 'in between');
    }
  } catch (error) {
    // No step is left half done: the state is that of the point.
    if (run.signal.aborted) await keep(course.point, 'stopped');
    throw error;
  }
}

/** A stage's point while it moves. */
interface Course {
  done: number;
  limit: number | null;
  evaluateSeconds: number;
  readonly curve: CurvePoint[];
  readonly watch: Stopwatch;
  readonly point: () => StagePoint;
}

function courseFrom({ done, curve, limit, seconds, growth }: StagePoint): Course {
  const watch = stopwatch();
  const course: Course = {
    ...{ done, limit, evaluateSeconds: 0, curve: [...curve], watch },
    point: () => {
      const own = watch.times();
      return {
        ...{ done: course.done, curve: [...course.curve], limit: course.limit, growth },
        seconds: {
          train: seconds.train + own.train,
          compile: seconds.compile + own.compile,
          evaluate: seconds.evaluate + course.evaluateSeconds,
        },
      };
    },
  };
  return course;
}

/** Takes a point of the curve where one is due. Gives whether the stage ends with it, by its rule. */
async function evaluateIfDue(run: Run, start: StageStart, course: Course): Promise<boolean> {
  const { stage } = start;
  const { settings } = run.cell;
  const step = stage.start + course.done;
  const isDue = course.done > 0 && step % settings.train.evaluate === 0 && course.curve.at(-1)?.step !== step;
  if (!isDue) return false;
  const { value: loss, seconds } = await timed(() => evaluateCurve(run, start, maskOf(stage, course.done - 1)));
  course.evaluateSeconds += seconds;
  const flops = flopsOfSteps(settings, stage, course.done);
  course.curve.push({ step, flops, seconds: course.point().seconds.train, loss });
  run.onEvent({ type: 'evaluate', step, loss });
  const settled = Math.max(stage.freeze?.steps ?? 0, stage.entering?.ramp ?? 0);
  const whole = course.curve.filter((point) => point.step > stage.start + settled).map((point) => point.loss);
  return stage.until !== null && isFlat(stage.until, whole);
}

/** Gives whether the loss is still one to go on from. */
async function takeStep(run: Run, start: StageStart, course: Course): Promise<boolean> {
  const { stage } = start;
  const { steps } = run.cell.settings.train;
  const own = course.done;
  const name = trainStepAt(own < (stage.freeze?.steps ?? 0), maskOf(stage, own) < 1);
  const { value: loss, seconds } = await timed(trainStep(run, start, own, name));
  course.watch.note(name, seconds);
  course.done += 1;
  course.limit ??= DIVERGED * loss;
  if (!(loss <= course.limit)) return false;
  const step = stage.start + course.done;
  if (reports(step, steps)) run.onEvent({ type: 'step', step, of: steps, loss });
  return true;
}

/** Events of a run at most: more would cost time and tell nobody anything. */
const STEP_EVENTS = 200;

const reports = (step: number, steps: number): boolean =>
  step === 1 || step === steps || step % Math.ceil(steps / STEP_EVENTS) === 0;

/** The step's work, its batch already drawn: reading text is not training time. Gives its loss. */
function trainStep({ cell, corpus }: Run, start: StageStart, own: number, name: string) {
  const { settings, seed } = cell;
  const { stage, program } = start;
  const step = stage.start + own;
  const batch = trainingFeeds(corpus, settings, { length: stage.shape.length, seed, step });
  const mask = maskOf(stage, own);
  const masked = mask === 1 ? {} : maskFeed(mask);
  const feeds = { ...batch, ...masked, ...updateFeeds(cell, start, own) };
  return async () => scalarOutput(await program.run(name, feeds), 'loss');
}

/** What a step is fed besides its batch. Moments that a freeze has passed by have seen so many updates less. */
function updateFeeds({ settings, seed }: Run['cell'], { stage, updates }: StageStart, own: number): Feeds {
  const step = stage.start + own;
  const rate = pretrainingRate(settings, stage, step);
  const { decay } = settings.train;
  const frozen = stage.freeze?.steps ?? 0;
  const update = updates + Math.max(0, own - frozen) + 1;
  const { optimizer, dropout } = stepFeeds({ rate, decay, update, seed, step });
  if (stage.freeze === null) return { optimizer, dropout };
  const ofNew = { [OPTIMIZER_OF_NEW]: optimizerFeed(rate, decay, updates + own + 1), dropout };
  return own < frozen ? ofNew : { optimizer, ...ofNew };
}

function evaluateCurve({ corpus, cell, signal }: Run, { program, stage }: StageStart, mask: number): Promise<number> {
  const where = { length: stage.shape.length, tokens: VALIDATION_TOKENS.curve, mask };
  return validationLoss(program, corpus, cell.settings, where, signal);
}
