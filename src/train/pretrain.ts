import type { Engine, HostTensors, Program } from '../engine/engine.ts';
import { effectiveWidth } from '../growth/effective-width.ts';
import type { ModelShape } from '../growth/layout.ts';
import { flopsOfSteps, planStages, stageAfter, type PlannedStage } from '../run/stages.ts';
import type { CellEvent, CellResult, CurvePoint, GrowthRecord, StageRecord } from '../run/record.ts';
import { targetShape, type Cell } from '../run/spec.ts';
import type { PreparedCorpus } from '../text/corpus.ts';
import { freshMoments } from './adamw.ts';
import { growInto, type Grown } from './growing.ts';
import type { LearnedGrowth } from './learn-growth.ts';
import { compileStage, trainStage, type StageEnd } from './stage.ts';
import { startingParameters } from './start.ts';
import { timed } from './stopwatch.ts';
import { VALIDATION_TOKENS, validationLoss } from './validation.ts';

/** What a cell's training works with. */
export interface Run {
  readonly engine: Engine;
  readonly cell: Cell;
  readonly corpus: PreparedCorpus;
  readonly onEvent: (event: CellEvent) => void;
  readonly signal: AbortSignal;
}

/** A pre-trained model, and what it took. */
export interface Pretrained {
  readonly status: CellResult['status'];
  readonly loss: number | null;
  readonly steps: number;
  readonly flops: number;
  readonly seconds: Omit<CellResult['seconds'], 'finetune'>;
  readonly stages: readonly StageRecord[];
  readonly growths: readonly GrowthRecord[];
  readonly curve: readonly CurvePoint[];
  readonly width: CellResult['width'];
  /** The last stage's parameters; null where the run diverged. */
  readonly state: HostTensors | null;
}

/** A growth of which the loss just after it is still to be measured. */
interface Growing extends Pick<Grown, 'told'> {
  readonly before: number;
}

/** What has been gathered so far. */
interface Tally {
  flops: number;
  train: number;
  compile: number;
  evaluate: number;
  steps: number;
  /** Updates that every one of Adam's moments has seen. */
  updates: number;
  limit: number | null;
  readonly stages: StageRecord[];
  readonly growths: GrowthRecord[];
  readonly curve: CurvePoint[];
}

/**
 * Runs a cell's stages, growing the model in between. The loss just before and just after a growth is measured on the
 * same batches, of the smaller stage's length: what both forms of the model can read. The final loss is the last
 * stage's model's at the target's length. Rejects with the signal's reason when stopped.
 */
export async function pretrain(run: Run): Promise<Pretrained> {
  const { settings, seed } = run.cell;
  const stages = planStages(settings);
  const tally: Tally = {
    ...{ flops: 0, train: 0, compile: 0, evaluate: 0, steps: 0, updates: 0, limit: null },
    ...{ stages: [], growths: [], curve: [] },
  };
  const parameters = await startingParameters(stages[0]!.shape, settings, seed);
  let state: HostTensors = new Map([...parameters, ...freshMoments(parameters)]);
  let growth: Growing | null = null;
  for (const index of stages.keys()) {
    const program = await compile(run, stages, index, state, tally);
    try {
      if (growth !== null) await recordGrowth(run, stages, index - 1, growth, program, tally);
      const end = await runStage(run, stages, index, program, tally);
      if (end.diverged) return result(tally, stages[index]!.shape, null, null);
      const last = index === stages.length - 1;
      const loss = last ? await measure(run, program, targetShape(settings).length, tally) : null;
      if (loss !== null) return result(tally, stages[index]!.shape, loss, await program.read());
      const before = await measure(run, program, stages[index]!.shape.length, tally);
      const grown = await growInto(run, stages, index + 1, await program.read());
      tallyFit(tally, grown.fitted);
      // New moments have seen nothing: Adam's bias correction starts over with them.
      if (stages[index + 1]!.optimizer === 'reset') tally.updates = 0;
      state = grown.state;
      growth = { before, told: grown.told };
    } finally {
      program.dispose();
    }
  }
  throw new Error('a schedule has at least one stage');
}

function result(tally: Tally, shape: ModelShape, loss: number | null, state: HostTensors | null): Pretrained {
  const { flops, steps, stages, growths, curve, train, compile: compiling, evaluate } = tally;
  const status = loss !== null && Number.isFinite(loss) ? 'done' : 'diverged';
  const seconds = { train, compile: compiling, evaluate };
  const done = status === 'done';
  return {
    status,
    loss: done ? loss : null,
    steps,
    flops,
    seconds,
    stages,
    growths,
    curve,
    width: done && state !== null ? effectiveWidth(state, shape) : null,
    state: done ? state : null,
  };
}

async function compile(run: Run, stages: readonly PlannedStage[], index: number, state: HostTensors, tally: Tally) {
  const stage = stages[index]!;
  const before = stages[index - 1]?.shape.length ?? stage.shape.length;
  const target = index === stages.length - 1 ? targetShape(run.cell.settings).length : stage.shape.length;
  const lengths = [...new Set([stage.shape.length, before, target])];
  const { value, seconds } = await timed(() => compileStage(run, stage, lengths, state));
  tally.compile += seconds;
  return value;
}

async function runStage(
  run: Run,
  stages: readonly PlannedStage[],
  index: number,
  program: Program,
  tally: Tally,
): Promise<StageEnd> {
  const { settings } = run.cell;
  const stage = stageAfter(settings, stages, index, tally.steps);
  const { flops, train: seconds, limit } = tally;
  run.onEvent({ type: 'stage', stage: index, of: stages.length, shape: stage.shape });
  const end = await trainStage(run, { stage, program, updates: tally.updates, flops, seconds, limit });
  const spent = flopsOfSteps(settings, stage, end.stepsDone);
  tally.flops += spent;
  tally.train += end.times.train;
  tally.compile += end.times.compile;
  tally.evaluate += end.evaluateSeconds;
  tally.steps += end.stepsDone;
  tally.updates += end.stepsDone - Math.min(end.stepsDone, stage.freeze?.steps ?? 0);
  tally.limit = end.limit;
  tally.curve.push(...end.curve);
  tally.stages.push({ shape: stage.shape, steps: end.stepsDone, flops: spent, seconds: end.times.train });
  return end;
}

function tallyFit(tally: Tally, fitted: LearnedGrowth | null): void {
  if (fitted === null) return;
  tally.flops += fitted.record.flops;
  tally.train += fitted.record.seconds;
  tally.compile += fitted.compile;
  tally.evaluate += fitted.evaluate;
}

async function measure(
  { corpus, cell, signal }: Run,
  program: Program,
  length: number,
  tally: Tally,
  mask = 1,
): Promise<number> {
  const where = { length, tokens: VALIDATION_TOKENS.table, mask };
  const { value, seconds } = await timed(() => validationLoss(program, corpus, cell.settings, where, signal));
  tally.evaluate += seconds;
  return value;
}

async function recordGrowth(
  run: Run,
  stages: readonly PlannedStage[],
  afterStage: number,
  { before, told }: Growing,
  program: Program,
  tally: Tally,
): Promise<void> {
  // What enters through masks has not begun to.
  const mask = stages[afterStage + 1]!.entering === null ? 1 : 0;
  const after = await measure(run, program, stages[afterStage]!.shape.length, tally, mask);
  const growth = { afterStage, step: tally.steps, before, after, ...told };
  tally.growths.push(growth);
  run.onEvent({ type: 'grow', growth });
}
