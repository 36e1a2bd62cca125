/** Seconds of a stage's steps, with the first step's extra cost kept apart. */
export interface StepTimes {
  /** What all steps would have taken had the first been like the others. */
  readonly train: number;
  /** What the first step took beyond that: recording and compiling. */
  readonly compile: number;
}

/** Splits the times of `steps` steps: `first` seconds for the first, `rest` for all others together. */
export function splitTimes(steps: number, first: number, rest: number): StepTimes {
  if (steps < 2) return { train: first, compile: 0 };
  const typical = rest / (steps - 1);
  return { train: Math.min(first, typical) + rest, compile: Math.max(0, first - typical) };
}

/** Adds up the times of a stage's steps. */
export interface Stopwatch {
  /** Notes a step of one of the program's functions. */
  note(name: string, seconds: number): void;
  times(): StepTimes;
}

/** A stopwatch at 0. Each function's first step compiles it, so they are timed apart. */
export function stopwatch(): Stopwatch {
  const laps = new Map<string, { steps: number; first: number; rest: number }>();
  return {
    note: (name, seconds) => {
      const lap = laps.get(name);
      if (lap === undefined) laps.set(name, { steps: 1, first: seconds, rest: 0 });
      else laps.set(name, { steps: lap.steps + 1, first: lap.first, rest: lap.rest + seconds });
    },
    times: () => {
      const split = [...laps.values()].map(({ steps, first, rest }) => splitTimes(steps, first, rest));
      const sum = (of: keyof StepTimes) => split.reduce((total, times) => total + times[of], 0);
      return { train: sum('train'), compile: sum('compile') };
    },
  };
}

/** What `work` gives, and the seconds it took. */
export async function timed<T>(work: () => Promise<T>): Promise<{ readonly value: T; readonly seconds: number }> {
  const start = performance.now();
  const value = await work();
  return { value, seconds: (performance.now() - start) / 1000 };
}
