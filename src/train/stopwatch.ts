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

/** What `work` gives, and the seconds it took. */
export async function timed<T>(work: () => Promise<T>): Promise<{ readonly value: T; readonly seconds: number }> {
  const start = performance.now();
  const value = await work();
  return { value, seconds: (performance.now() - start) / 1000 };
}
