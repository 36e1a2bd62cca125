import { answeredBatches, batchesOf } from './answers.ts';
import type { CellRun } from './run.ts';
import { plannedSteps, type Exercise, type Tuning } from './tune.ts';
import { shareDone } from './tuning-work.ts';

/** Steps of a run that are told of, and as many batches of answers: more only where they are a SILENCE apart. */
const EVENTS = 50;
/** Milliseconds that may go by without a word. */
const SILENCE = 1000;

/** Tells of a run's progress, the run after so many finished ones of all `of`. */
export function tuningEvents(
  { onEvent }: Pick<CellRun, 'onEvent'>,
  exercise: Exercise,
  runs: number,
  of: number,
): Tuning['onProgress'] {
  const { task, model, protocol, sets } = exercise;
  const steps = plannedSteps(model, protocol);
  const batches = batchesOf(sets, protocol.batch);
  let told = performance.now();
  const isDue = (done: number, all: number): boolean => {
    const due = done % Math.ceil(all / EVENTS) === 0 || done === all || performance.now() - told >= SILENCE;
    if (due) told = performance.now();
    return due;
  };
  return (own, loss) => {
    const share = shareDone(exercise, runs, own, of);
    if (loss === null) {
      const done = answeredBatches(sets, own.answers, { batch: protocol.batch, width: model.width });
      if (isDue(done, batches)) onEvent({ type: 'predict', task: task.name, done, of: batches, share });
    } else if (isDue(own.step, steps)) {
      const step = runs * steps + own.step;
      onEvent({ type: 'finetune', task: task.name, step, of: of * steps, loss, share });
    }
  };
}
