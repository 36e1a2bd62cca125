import type { HostTensors, Program, StepFunction } from '../engine/engine.ts';
import { maskAt, type Entering } from '../growth/entering.ts';
import type { PlannedStage } from '../run/plan.ts';
import type { CurvePoint } from '../run/record.ts';
import { maskedBatch } from '../text/batches.ts';
import { batchFeeds, batchSize, maskFeed, maskedLmEvaluation, maskedLmTraining } from './masked-batch.ts';
import type { Run } from './pretrain.ts';
import { pretrainingRate } from './rate.ts';
import { splitTimes, timed, type StepTimes } from './stopwatch.ts';
import { scalarOutput, stepFeeds } from './training-step.ts';
import { enteringEvaluationAt, evaluationAt, VALIDATION_TOKENS, validationLoss } from './validation.ts';

/** A stage about to run. */
export interface StageStart {
  readonly stage: PlannedStage;
  readonly program: Program;
  /** Updates that Adam's moments have seen before. */
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

/** Training of a stage's model, and its evaluation at sequences of `lengths` tokens. */
export async function compileStage(
  { engine, cell }: Run,
  { shape, entering }: PlannedStage,
  lengths: readonly number[],
  state: HostTensors,
): Promise<Program> {
  const { settings } = cell;
  const evaluations = (name: (length: number) => string, masked: Entering | null) =>
    lengths.map((length) => [name(length), maskedLmEvaluation({ ...shape, length }, settings, masked)] as const);
  const functions: Record<string, StepFunction> = {
    train: maskedLmTraining(shape, settings),
    ...Object.fromEntries(evaluations(evaluationAt, null)),
  };
  if (entering === null) return engine.compile(functions, state);
  const masked = Object.fromEntries(evaluations(enteringEvaluationAt, entering));
  const ramp = { [TRAIN_ENTERING]: maskedLmTraining(shape, settings, entering), ...masked };
  return engine.compile({ ...functions, ...ramp }, state);
}

/** Name of the step of a model that something enters. */
const TRAIN_ENTERING = 'train entering';

/** The masks' value in step `own` of a stage; 1 where nothing enters. */
const maskOf = ({ entering }: PlannedStage, own: number): number => (entering === null ? 1 : maskAt(entering, own));

/** Runs a stage's steps. Stops early where the loss diverges; rejects with the signal's reason when stopped. */
export async function trainStage(run: Run, start: StageStart): Promise<StageEnd> {
  const { settings } = run.cell;
  const { stage } = start;
  const curve: CurvePoint[] = [];
  let limit = start.limit;
  let first = 0;
  let rest = 0;
  let evaluateSeconds = 0;
  const end = (stepsDone: number, diverged: boolean): StageEnd => {
    return { times: splitTimes(stepsDone, first, rest), evaluateSeconds, curve, limit, stepsDone, diverged };
  };
  for (let own = 0; own < stage.steps; own += 1) {
    run.signal.throwIfAborted();
    const { value: loss, seconds } = await timed(trainStep(run, start, own));
    if (own === 0) first = seconds;
    else rest += seconds;
    limit ??= DIVERGED * loss;
    if (!(loss <= limit)) return end(own + 1, true);
    const step = stage.start + own + 1;
    if (reports(step, settings.train.steps)) run.onEvent({ type: 'step', step, of: settings.train.steps, loss });
    if (step % settings.train.evaluate !== 0) continue;
    const evaluated = await timed(() => evaluateCurve(run, start, maskOf(stage, own)));
    evaluateSeconds += evaluated.seconds;
    const flops = start.flops + (stage.flops * (own + 1)) / stage.steps;
    const trained = start.seconds + splitTimes(own + 1, first, rest).train;
    curve.push({ step, flops, seconds: trained, loss: evaluated.value });
    run.onEvent({ type: 'evaluate', step, loss: evaluated.value });
  }
  return end(stage.steps, false);
}

/** Events of a run at most: more would cost time and tell nobody anything. */
const STEP_EVENTS = 200;

const reports = (step: number, steps: number): boolean =>
  step === 1 || step === steps || step % Math.ceil(steps / STEP_EVENTS) === 0;

/** The step's work, its batch already drawn: reading text is not training time. Gives its loss. */
function trainStep({ cell, corpus }: Run, { stage, program, updates }: StageStart, own: number) {
  const { settings, seed } = cell;
  const step = stage.start + own;
  const size = batchSize(settings, stage.shape.length);
  const batch = maskedBatch(corpus.train, { ...size, vocab: corpus.vocab, seed, step });
  const rate = pretrainingRate(settings, stage, step);
  const optimizer = stepFeeds({ rate, decay: settings.train.decay, update: updates + own + 1, seed, step });
  const mask = maskOf(stage, own);
  const [name, masked] = mask === 1 ? ['train', {}] : [TRAIN_ENTERING, maskFeed(mask)];
  const feeds = { ...batchFeeds(batch, size), ...optimizer, ...masked };
  return async () => scalarOutput(await program.run(name, feeds), 'loss');
}

function evaluateCurve({ corpus, cell, signal }: Run, { program, stage }: StageStart, mask: number): Promise<number> {
  const where = { length: stage.shape.length, tokens: VALIDATION_TOKENS.curve, mask };
  return validationLoss(program, corpus, cell.settings, where, signal);
}
