import type { HostTensors } from '../engine/engine.ts';
import type { TaskRun } from '../run/record.ts';

/**
 * What a fine-tuned model has answered, by set: its outputs for the set's first examples, [answered * width]. Those of a
 * set that it has not come to are not there.
 */
export type Answers = ReadonlyMap<string, Float32Array>;

/** How far one fine-tuning is. It answers once all its steps are done. */
export interface RunProgress {
  readonly step: number;
  /** Of the steps. */
  readonly seconds: number;
  readonly answers: Answers;
}

/** How far a node of fine-tuning is: all that must be known, besides its tensors, to go on from there. Plain JSON. */
export interface TuningPoint {
  /** Steps, and batches that were answered, of all runs. */
  readonly done: number;
  /** The runs that are finished. */
  readonly runs: readonly TaskRun[];
  /** Steps of the run after those; 0 where it has not begun. */
  readonly step: number;
  readonly seconds: {
    /** Of the steps of all finished runs, and of those of the run that is not. */
    readonly finished: number;
    readonly run: number;
    /** Of everything. */
    readonly whole: number;
  };
}

const ANSWERS = 'answers/';
const answersOf = (run: number): string => `${ANSWERS}${run}/`;

/** The tensors of a checkpoint: the current run's state, empty where it has not begun, and answers by run. */
export function packTensors(state: HostTensors, answers: ReadonlyMap<number, Answers>): HostTensors {
  const packed = [...answers].flatMap(([run, sets]) =>
    [...sets].map(([set, values]) => [`${answersOf(run)}${set}`, { shape: [values.length], values }] as const),
  );
  return new Map([...state, ...packed]);
}

/** What run number `run` (from 0) has answered, by a checkpoint's tensors. */
export function unpackAnswers(tensors: HostTensors, run: number): Answers {
  const prefix = answersOf(run);
  const own = [...tensors].filter(([name]) => name.startsWith(prefix));
  return new Map(own.map(([name, { values }]) => [name.slice(prefix.length), values]));
}

/** The state of the current run, by a checkpoint's tensors. */
export const unpackState = (tensors: HostTensors): HostTensors =>
  new Map([...tensors].filter(([name]) => !name.startsWith(ANSWERS)));
