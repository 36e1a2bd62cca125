import type { Feeds, HostTensors, Program, StepFunction } from '../engine/engine.ts';
import { maskAt, type Entering } from '../growth/entering.ts';
import { isFlat } from '../growth/policy.ts';
import type { CurvePoint } from '../run/record.ts';
import { flopsOfSteps, type PlannedStage } from '../run/stages.ts';
import { maskedBatch } from '../text/batches.ts';
import { optimizerFeed } from './adamw.ts';
import {
  batchFeeds,
  batchSize,
  maskFeed,
  maskedLmEvaluation,
  maskedLmTraining,
  maskedLmTrainingOfNew,
  OPTIMIZER_OF_NEW,
} from './masked-batch.ts';
import type { Run } from './pretrain.ts';
import { pretrainingRate } from './rate.ts';
import { stopwatch, timed, type StepTimes } from './stopwatch.ts';
import { scalarOutput, stepFeeds } from './training-step.ts';
import { enteringEvaluationAt, evaluationAt, VALIDATION_TOKENS, validationLoss } from './validation.ts';

/** A stage about to run. */
export interface StageStart {
  readonly stage: PlannedStage;
  readonly program: Program;
  /** Updates that every one of Adam's moments has seen before. */
  readonly updates: number;
  /** FLOPs and seconds of the stages before. */
  readonly flops: number;
  readonly seconds: number;
  /** A loss above this is divergence; null before the run's first step, whose loss sets it. */
  readonly limit: number | null;
}

export interface StageEnd {
  readonly times: StepTimes;
  readonly evaluateSeconds: number;
  readonly curve: readonly CurvePoint[];
  readonly limit: number | null;
  readonly stepsDone: number;
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
  return engine.compile(functions, state, { precision: settings.train.precision, xla: cell.engine.xla, steps });
}

/** The masks' value in step `own` of a stage; 1 where nothing enters. */
const maskOf = ({ entering }: PlannedStage, own: number): number => (entering === null ? 1 : maskAt(entering, own));

/**
 * Runs a stage's steps. Ends early where the loss diverges or, by the stage's rule, no longer falls enough: since it
 * began or, if it froze some of the model or let some in, since all of it is trained and there. Rejects with the signal's reason when stopped.
 */
export async function trainStage(run: Run, start: StageStart): Promise<StageEnd> {
  const { settings } = run.cell;
  const { stage } = start;
  const curve: CurvePoint[] = [];
  const watch = stopwatch();
  const frozen = stage.freeze?.steps ?? 0;
  const settled = Math.max(frozen, stage.entering?.ramp ?? 0);
  let limit = start.limit;
  let evaluateSeconds = 0;
  const end = (stepsDone: number, diverged: boolean): StageEnd => {
    return { times: watch.times(), evaluateSeconds, curve, limit, stepsDone, diverged };
  };
  for (let own = 0; own < stage.steps; own += 1) {
    run.signal.throwIfAborted();
    const name = trainStepAt(own < frozen, maskOf(stage, own) < 1);
    const { value: loss, seconds } = await timed(trainStep(run, start, own, name));
    watch.note(name, seconds);
    limit ??= DIVERGED * loss;
    if (!(loss <= limit)) return end(own + 1, true);
    const step = stage.start + own + 1;
    if (reports(step, settings.train.steps)) run.onEvent({ type: 'step', step, of: settings.train.steps, loss });
    if (step % settings.train.evaluate !== 0) continue;
    const evaluated = await timed(() => evaluateCurve(run, start, maskOf(stage, own)));
    evaluateSeconds += evaluated.seconds;
    const flops = start.flops + flopsOfSteps(settings, stage, own + 1);
    const trained = start.seconds + watch.times().train;
    curve.push({ step, flops, seconds: trained, loss: evaluated.value });
    run.onEvent({ type: 'evaluate', step, loss: evaluated.value });
    const whole = curve.filter((point) => point.step > stage.start + settled).map((point) => point.loss);
    if (stage.until !== null && isFlat(stage.until, whole)) return end(own + 1, false);
  }
  return end(stage.steps, false);
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
  const size = batchSize(settings, stage.shape.length);
  const batch = maskedBatch(corpus.train, { ...size, vocab: corpus.vocab, special: corpus.special, seed, step });
  const mask = maskOf(stage, own);
  const masked = mask === 1 ? {} : maskFeed(mask);
  const feeds = { ...batchFeeds(batch, size), ...masked, ...updateFeeds(cell, start, own) };
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
