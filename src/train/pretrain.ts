import type { HostTensors, Program } from '../engine/engine.ts';
import { effectiveWidth } from '../growth/effective-width.ts';
import type { StageResult } from '../run/node.ts';
import type { GrowthRecord } from '../run/record.ts';
import { flopsOfSteps, planStages, stageAfter, type PlannedStage } from '../run/stages.ts';
import { freshMoments } from './adamw.ts';
import type { Checkpoints } from './checkpoints.ts';
import { growInto } from './growing.ts';
import type { Run } from './run.ts';
import { startingParameters, startWarnings } from './start.ts';
import { compileStage, trainStage, type StageEnd, type StagePoint } from './stage.ts';
import { timed } from './stopwatch.ts';
import type { TensorFile } from './tensor-file.ts';
import { validate, VALIDATION_TOKENS } from './validation.ts';

/** What a stage goes on from: the stage before it; null where it is the first. */
export interface Before {
  readonly result: StageResult;
  /** Read only where the stage begins: not where it goes on from a checkpoint. */
  readonly state: () => Promise<HostTensors>;
}

export interface TrainedStage {
  readonly result: StageResult;
  /** The whole state at the stage's end; null where it diverged. */
  readonly state: HostTensors | null;
}

/**
 * Grows the model into stage `index`, if it is not the first, and runs the stage. The loss just before and just after a
 * growth is measured on the same batches, of the smaller stage's length: what both forms of the model can read. Rejects
 * with the signal's reason when stopped.
 */
export async function pretrainStage(
  run: Run,
  index: number,
  before: Before | null,
  checkpoints: Checkpoints<StagePoint>,
): Promise<TrainedStage> {
  const { settings } = run.cell;
  const stages = planStages(settings);
  const stage = stageAfter(settings, stages, index, before?.result.end.steps ?? 0);
  const last = await checkpoints.last();
  const entry = last === null ? await enter(run, stages, index, before) : resumed(last);
  const smaller = stages[index - 1]?.shape.length ?? stage.shape.length;
  const lengths = [...new Set([stage.shape.length, smaller])];
  const { value: program, seconds } = await timed(() => compileStage(run, stage, lengths, entry.state));
  try {
    const compiled = spent(entry.point, { compile: seconds });
    const point = entry.growing === null ? compiled : await measureGrowth(run, entry.growing, stage, program, compiled);
    run.onEvent({ type: 'stage', stage: index, of: stages.length, shape: stage.shape });
    const updates = stage.optimizer === 'reset' ? 0 : (before?.result.end.updates ?? 0);
    const end = await trainStage(run, {
      ...{ stage, program, updates, point },
      keep: (now, why) => checkpoints.keep(now, () => program.read(), why),
    });
    const warnings = before === null ? await startWarnings(settings) : [];
    return await finish(run, stage, updates, program, { ...end, warnings });
  } finally {
    program.dispose();
  }
}

/** Where a stage stands once it has come to `result`: what the same stage made longer goes on from. */
export const endPoint = ({ stage, growth, curve, end, seconds: { compile, evaluate } }: StageResult): StagePoint => ({
  ...{ done: stage.steps, curve, limit: end.limit, growth },
  seconds: { train: stage.seconds, compile, evaluate },
});

/** A stage that is about to be compiled. */
interface Entry {
  readonly state: HostTensors;
  readonly point: StagePoint;
  /** The growth into it where the loss just after it is still to be measured. */
  readonly growing: (Omit<GrowthRecord, 'after'> & { readonly length: number }) | null;
}

const resumed = ({ tensors, known }: TensorFile<StagePoint>): Entry => ({
  state: tensors,
  point: known,
  growing: null,
});

async function enter(run: Run, stages: readonly PlannedStage[], index: number, before: Before | null): Promise<Entry> {
  const start: StagePoint = {
    ...{ done: 0, curve: [], limit: before?.result.end.limit ?? null, growth: null },
    seconds: { train: 0, compile: 0, evaluate: 0 },
  };
  if (before === null) {
    const parameters = await startingParameters(stages[index]!.shape, run.cell.settings, run.cell.seed);
    return { state: new Map([...parameters, ...freshMoments(parameters)]), point: start, growing: null };
  }
  const { state, told, fitted } = await growInto(run, stages, index, await before.state());
  const { loss, end } = before.result;
  if (loss === null) throw new Error('a model that diverged does not grow');
  return {
    state,
    point: fitted === null ? start : spent(start, fitted),
    growing: { afterStage: index - 1, step: end.steps, before: loss, ...told, length: stages[index - 1]!.shape.length },
  };
}

/** A point with so much more time spent. */
function spent(
  { seconds: { train, compile, evaluate }, ...point }: StagePoint,
  more: { readonly compile?: number; readonly evaluate?: number },
): StagePoint {
  const seconds = { train, compile: compile + (more.compile ?? 0), evaluate: evaluate + (more.evaluate ?? 0) };
  return { ...point, seconds };
}

async function measureGrowth(
  run: Run,
  { length, before, ...growing }: NonNullable<Entry['growing']>,
  { entering }: PlannedStage,
  program: Program,
  point: StagePoint,
): Promise<StagePoint> {
  // What enters through masks has not begun to.
  const { value, seconds } = await measure(run, program, length, entering === null ? 1 : 0);
  const { afterStage, step, ...told } = growing;
  const growth: GrowthRecord = { afterStage, step, before, after: value.loss, ...told };
  run.onEvent({ type: 'grow', growth });
  return { ...spent(point, { evaluate: seconds }), growth };
}

function measure({ corpus, cell, signal }: Run, program: Program, length: number, mask = 1) {
  const where = { length, tokens: VALIDATION_TOKENS.table, mask };
  return timed(() => validate(program, corpus, cell.settings, where, signal));
}

async function finish(
  run: Run,
  stage: PlannedStage,
  updates: number,
  program: Program,
  { point, diverged, warnings }: StageEnd & { readonly warnings: readonly string[] },
): Promise<TrainedStage> {
  const measured = diverged ? null : await measure(run, program, stage.shape.length);
  const isDone = measured !== null && Number.isFinite(measured.value.loss);
  const state = isDone ? await program.read() : null;
  const { train, compile, evaluate } = point.seconds;
  const { done, growth, curve, limit } = point;
  const result: StageResult = {
    ...{ kind: 'stage', status: isDone ? 'done' : 'diverged', growth, curve },
    stage: { shape: stage.shape, steps: done, flops: flopsOfSteps(run.cell.settings, stage, done), seconds: train },
    seconds: {
      train: train + (growth?.fit?.seconds ?? 0),
      compile,
      evaluate: evaluate + (measured?.seconds ?? 0),
    },
    loss: isDone ? measured.value.loss : null,
    ...(isDone && measured.value.nsp !== undefined ? { nsp: measured.value.nsp } : {}),
    width: state === null ? null : effectiveWidth(state, stage.shape),
    end: {
      steps: stage.start + done,
      updates: updates + done - Math.min(done, stage.freeze?.steps ?? 0),
      limit,
    },
    corpus: corpusRecord(run),
    ...(warnings.length === 0 ? {} : { warnings }),
  };
  return { result, state };
}

const corpusRecord = ({ corpus: { digest, train, validation } }: Run): StageResult['corpus'] => ({
  digest,
  trainTokens: train.length,
  validationTokens: validation.length,
});
