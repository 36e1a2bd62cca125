import { answeredBatches, batchesOf } from './answers.ts';
import { plannedSteps, type Exercise } from './tune.ts';
import type { RunProgress } from './tuning-point.ts';

/** A run at its beginning. */
export const NOT_BEGUN: RunProgress = { step: 0, seconds: 0, answers: new Map() };

/** Steps of an exercise, and batches of answers, that are done: those of `runs` finished runs and the one after them. */
export const callsDone = (exercise: Exercise, runs: number, own: RunProgress): number =>
  workDone(exercise, runs, own, 1);

/** A step is as much work as answering three batches: the way back takes twice the way forth. */
const STEP = 3;

/** Share of the work of `of` runs that is done: that of `runs` finished ones and of the one after them. */
export const shareDone = (exercise: Exercise, runs: number, own: RunProgress, of: number): number =>
  workDone(exercise, runs, own, STEP) / workDone(exercise, of, NOT_BEGUN, STEP);

function workDone(exercise: Exercise, runs: number, { step, answers }: RunProgress, ofStep: number): number {
  const { model, protocol, sets } = exercise;
  const { batch } = protocol;
  const ofRun = ofStep * plannedSteps(model, protocol) + batchesOf(sets, batch);
  return runs * ofRun + ofStep * step + answeredBatches(sets, answers, { batch, width: model.width });
}
