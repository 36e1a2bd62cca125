import type { HostTensors, Program, StepFunction } from '../engine/engine.ts';
import { dims, layout, type ModelShape } from '../growth/layout.ts';
import { learnedMatrices } from '../growth/learned.ts';
import type { LearnedMatrix, Recipe } from '../growth/recipe.ts';
import { FITTING, type FitRecord } from '../run/record.ts';
import type { PlannedFit, PlannedStage } from '../run/stages.ts';
import { compilingOf } from './compiling.ts';
import { freshMoments, optimizerFeed } from './adamw.ts';
import { trainingFeeds } from './drawn-batch.ts';
import { drawsOf, grownTensors, learnedName, startOf } from './grown-tensors.ts';
import type { Fresh } from './init.ts';
import { maskFeed, maskedLmEvaluation, maskedLmObjective } from './masked-batch.ts';
import type { Run } from './run.ts';
import { rateAt } from './rate.ts';
import { splitTimes, timed } from './stopwatch.ts';
import { trainingStep } from './training-step.ts';
import { enteringEvaluationAt, evaluationAt, VALIDATION_TOKENS, validationLoss } from './validation.ts';

/** A growth whose recipe holds learned matrices. */
export interface Learning {
  readonly recipe: Recipe;
  /** The small model's shape and state. */
  readonly from: ModelShape;
  readonly state: HostTensors;
  /** The stage that the grown model trains in. */
  readonly to: PlannedStage;
  readonly fit: PlannedFit;
  readonly fresh: Fresh;
}

export interface LearnedGrowth {
  readonly parameters: HostTensors;
  readonly record: FitRecord;
  /** Seconds that are no part of the fitting itself. */
  readonly compile: number;
  readonly evaluate: number;
}

/**
 * Fits a growth's learned matrices and gives the grown parameters (Wang et al. 2023): the small model's parameters stay
 * as they are, the grown model is made of them anew at every step, and the loss of pre-training is what teaches.
 * The update is Adam's without decay, where the paper has plain SGD, whose rate would have to follow the size of the gradients.
 * The batches are those that would come after the run's last step, so that no stage trains on them.
 * Rejects with the signal's reason when stopped.
 */
export async function learnGrowth(run: Run, learning: Learning): Promise<LearnedGrowth> {
  const { from, to, fit } = learning;
  const compiled = await timed(() => compileFit(run, learning));
  const program = compiled.value;
  try {
    const measured = await timed(() => {
      const where = { length: from.length, tokens: VALIDATION_TOKENS.table, mask: maskOf(to) };
      return validationLoss(program, run.corpus, run.cell.settings, where, run.signal);
    });
    const { train: seconds, compile: recording } = await fitMatrices(run, learning, program);
    const grown = await program.run('grow', {});
    return {
      parameters: new Map(
        layout(to.shape).map((parameter) => {
          return [parameter.name, { shape: dims(parameter, to.shape), values: grown.get(parameter.name)! }];
        }),
      ),
      record: { steps: fit.steps, flops: fit.flops, seconds, unfitted: measured.value },
      compile: compiled.seconds + recording,
      evaluate: measured.seconds,
    };
  } finally {
    program.dispose();
  }
}

async function compileFit({ engine, cell }: Run, { recipe, from, state, to, fresh, fit }: Learning): Promise<Program> {
  const small = new Map(layout(from).map(({ name }) => [name, state.get(name)!]));
  const matrices = learnedMatrices(recipe);
  const learned: HostTensors = new Map(
    matrices.map((matrix) => [
      learnedName(matrix.name),
      { shape: [matrix.rows, matrix.index.length], values: startOf(matrix) },
    ]),
  );
  return engine.compile(
    fitFunctions(recipe, matrices, maskedLmObjective(to.shape, cell.settings, to.entering), {
      name: (to.entering === null ? evaluationAt : enteringEvaluationAt)(from.length),
      step: maskedLmEvaluation({ ...to.shape, length: from.length }, cell.settings, to.entering),
    }),
    new Map([...small, ...drawsOf(recipe, small, fresh), ...learned, ...freshMoments(learned)]),
    compilingOf(cell, fit.steps),
  );
}

/** The steps of a fit: `fit`, the evaluation of what is grown, and `grow`, which gives the grown parameters. */
function fitFunctions(
  recipe: Recipe,
  matrices: readonly LearnedMatrix[],
  objective: ReturnType<typeof maskedLmObjective>,
  evaluation: { readonly name: string; readonly step: StepFunction },
): Readonly<Record<string, StepFunction>> {
  return {
    fit: trainingStep({
      ...objective,
      trained: matrices.map(({ name, rate }) => ({ name: learnedName(name), decays: false, feed: rateFeed(rate) })),
      loss: (state, fed, dropout) => objective.loss(grownTensors(recipe, state), fed, dropout),
    }),
    [evaluation.name]: {
      feeds: evaluation.step.feeds,
      step: (state, fed) => evaluation.step.step(grownTensors(recipe, state), fed),
    },
    grow: { feeds: {}, step: (state) => ({ outputs: grownTensors(recipe, state) }) },
  };
}

/** Matrices of one rate share a feed. */
const rateFeed = (rate: number): string => `optimizer_${rate}`;

/** While matrices are fitted, nothing enters yet that a mask keeps out. */
const maskOf = ({ entering }: PlannedStage): number => (entering === null ? 1 : 0);

/** Events of a fit at most, as of a fine-tuning. */
const FIT_EVENTS = 50;

async function fitMatrices(run: Run, { recipe, to, fit }: Learning, program: Program) {
  const { shape, start, entering } = to;
  const rates = new Set(learnedMatrices(recipe).map(({ rate }) => rate));
  const masked = entering === null ? {} : maskFeed(maskOf(to));
  const { cell, corpus, signal, onEvent } = run;
  const { settings, seed } = cell;
  const every = Math.ceil(fit.steps / FIT_EVENTS);
  let [first, rest] = [0, 0];
  for (let own = 0; own < fit.steps; own += 1) {
    signal.throwIfAborted();
    const step = settings.train.steps + start + own;
    const batch = trainingFeeds(corpus, settings, { length: shape.length, seed, step });
    const optimizer = [...rates].map((peak) => {
      const rate = rateAt(own, { peak, warmup: 0, steps: fit.steps });
      return [rateFeed(peak), optimizerFeed(rate, 0, own + 1)] as const;
    });
    const feeds = { ...batch, ...masked, ...Object.fromEntries(optimizer), dropout: Int32Array.of(seed, step) };
    const { seconds } = await timed(() => program.run('fit', feeds));
    if (own === 0) first = seconds;
    else rest += seconds;
    const done = own + 1;
    if (done % every === 0 || done === fit.steps) onEvent({ type: 'prepare', what: FITTING, done, of: fit.steps });
  }
  return splitTimes(fit.steps, first, rest);
}
