import type { HostTensors } from '../engine/engine.ts';
import type { TaskRun } from '../run/record.ts';
import { isAnswered } from './answers.ts';
import type { Checkpoints } from './checkpoints.ts';
import type { CellRun } from './run.ts';
import { TEST } from './task-model.ts';
import { withoutUndefined } from './task-runs.ts';
import { tune, type Exercise, type Pretrained, type Tuning } from './tune.ts';
import { tuningEvents } from './tuning-events.ts';
import { packTensors, unpackAnswers, unpackState } from './tuning-point.ts';
import type { Answers, RunProgress, TuningPoint } from './tuning-point.ts';
import { callsDone, NOT_BEGUN } from './tuning-work.ts';

/** Runs of an exercise that are planned. */
export interface PlannedRuns {
  readonly plan: readonly Pick<TaskRun, 'rate' | 'seed'>[];
  /** Whether what a run answers is needed once it is scored. */
  readonly keepsAnswers: boolean;
  /** When the work on them began, in milliseconds by performance.now. */
  readonly began: number;
}

/** How far the runs of an exercise are. */
export interface TunedRuns {
  /** The finished ones, in the order of the plan. */
  readonly runs: readonly TaskRun[];
  /** What each of them has answered, where that is kept. */
  readonly answers: readonly Answers[];
  /** Of all their steps, and of everything. */
  readonly seconds: { readonly train: number; readonly whole: number };
}

/**
 * Fine-tunes a model once for every planned run, and scores each on the test examples; goes on from the last checkpoint
 * if there is one. Rejects with the signal's reason when stopped, after it has left a checkpoint.
 */
export async function tuneRuns(
  run: CellRun,
  exercise: Exercise,
  pretrained: Pretrained,
  { plan, keepsAnswers, began }: PlannedRuns,
  checkpoints: Checkpoints<TuningPoint>,
): Promise<TunedRuns> {
  const start = await startFrom(exercise, keepsAnswers, checkpoints);
  const whole = () => start.seconds.whole + (performance.now() - began) / 1000;
  // Counted from there on: what is asked may have changed, and with it how much was done by then.
  const before = start.done - callsDone(exercise, start.runs.length, start.own);
  const keepAfter =
    ({ runs, answers, seconds }: TunedRuns): Tuning['keep'] =>
    (own, read, why) => {
      const point = (): TuningPoint => ({
        ...{ done: before + callsDone(exercise, runs.length, own), runs: runs.map(withoutUndefined), step: own.step },
        seconds: { finished: seconds.train, run: own.seconds, whole: whole() },
      });
      const known = new Map([...answers.entries(), [runs.length, own.answers] as const]);
      return checkpoints.keep(point, async () => packTensors(await read(), known), why);
    };
  let done: TunedRuns = start;
  for (const { rate, seed } of plan.slice(start.runs.length)) {
    const { runs, answers, seconds } = done;
    const end = await tune(run, exercise, pretrained, {
      ...{ rate, seed, from: done === start ? start.own : NOT_BEGUN, state: start.state, keep: keepAfter(done) },
      onProgress: tuningEvents(run, exercise, runs.length, plan.length),
    });
    done = {
      runs: [...runs, { rate, seed, ...exercise.model.score(end.answers.get(TEST)!) }],
      answers: keepsAnswers ? [...answers, end.answers] : [],
      seconds: { train: seconds.train + end.seconds, whole: whole() },
    };
  }
  return done;
}

/** Where an attempt begins: finished runs, and the one after them. */
interface Start extends TunedRuns {
  readonly own: RunProgress;
  /** Of the run; empty where it has not begun. */
  readonly state: HostTensors;
  /** Steps and batches of answers, of all attempts before. */
  readonly done: number;
}

async function startFrom(
  { sets, model }: Exercise,
  keepsAnswers: boolean,
  checkpoints: Checkpoints<TuningPoint>,
): Promise<Start> {
  // What was not kept of a finished run, such as answers to a set that has changed, only running it again would give.
  const last = await checkpoints.last(
    (found) =>
      !keepsAnswers ||
      found.known.runs.every((_, run) => isAnswered(sets, unpackAnswers(found.tensors, run), model.width)),
  );
  if (last === null) {
    const seconds = { train: 0, whole: 0 };
    return { runs: [], answers: [], seconds, own: NOT_BEGUN, state: new Map(), done: 0 };
  }
  const { tensors, known } = last;
  const { runs, step, seconds, done } = known;
  return {
    ...{ runs, done, state: unpackState(tensors) },
    answers: keepsAnswers ? runs.map((_, run) => unpackAnswers(tensors, run)) : [],
    own: { step, seconds: seconds.run, answers: unpackAnswers(tensors, runs.length) },
    seconds: { train: seconds.finished, whole: seconds.whole },
  };
}
