import type { TaskRecord, TaskRun } from '../run/record.ts';
import { countingMetrics, mean } from '../tasks/metrics.ts';
import type { MetricInfo, Task } from '../tasks/task.ts';

/** What the runs of one task come to. */
type Summary = Pick<TaskRecord, 'metrics' | 'rate' | 'runs' | 'spread'> & { readonly warnings: readonly string[] };

/**
 * Of several rates the one whose seeds have the best median, in the mean of the metrics that count: the test examples
 * choose, as BERT's paper has the development set choose, and a warning says so. Of several seeds the median of every
 * metric, with its spread. `runs` are not empty, and go rate by rate.
 */
export function summarize(task: Pick<Task, 'name' | 'metrics'>, runs: readonly TaskRun[]): Summary {
  const rates = [...new Set(runs.map(({ rate }) => rate))];
  const score = (rate: number) => medianScore(task.metrics, ofRate(runs, rate));
  const best = rates.reduce((kept, rate) => (score(rate) > score(kept) ? rate : kept));
  const kept = ofRate(runs, best);
  const names = task.metrics.map(({ name }) => name);
  const metrics = byMetric(names, kept, median);
  const undefinedIn = names.filter((name) => definedValues(kept, name).length < kept.length);
  return {
    metrics,
    ...(runs.length === 1 ? {} : { rate: best, runs: runs.map(withoutUndefined) }),
    ...(kept.length === 1 ? {} : { spread: byMetric(names, kept, deviation) }),
    warnings: [
      ...(rates.length === 1 ? [] : [chosenWarning(task.name, best, rates.length)]),
      ...undefinedIn.map((name) => `${task.name}: ${name} is undefined, one value was predicted for all examples`),
    ],
  };
}

/**
 * Which of the runs speaks for those that count: of the seeds of the chosen rate the one whose score, in the mean of the
 * metrics that count, is nearest to their median; of equals the first.
 */
export function typicalRun(task: Pick<Task, 'name' | 'metrics'>, runs: readonly TaskRun[]): number {
  const { rate = runs[0]!.rate } = summarize(task, runs);
  const centre = medianScore(task.metrics, ofRate(runs, rate));
  const own = [...runs.keys()].filter((index) => runs[index]!.rate === rate);
  // A score that is not defined is as far from the median as can be.
  const distance = (index: number) => Math.abs(medianScore(task.metrics, [runs[index]!]) - centre);
  return own.reduce((nearest, index) => (distance(index) < distance(nearest) ? index : nearest));
}

const chosenWarning = (task: string, rate: number, of: number): string =>
  `${task}: rate ${rate} of ${of} was chosen on the examples that it is scored on, so the score flatters`;

const ofRate = (runs: readonly TaskRun[], wanted: number): readonly TaskRun[] =>
  runs.filter(({ rate }) => rate === wanted);

/** Lower than any score where none is defined: such a rate is never chosen over another. */
function medianScore(metrics: readonly MetricInfo[], runs: readonly TaskRun[]): number {
  const counting = countingMetrics(metrics);
  const names = (counting.length === 0 ? metrics.slice(0, 1) : counting).map(({ name, higherIsBetter }) => ({
    name,
    sign: higherIsBetter ? 1 : -1,
  }));
  const scores = runs.map((run) => mean(names.map(({ name, sign }) => sign * (run.metrics[name] ?? Number.NaN))));
  const defined = scores.filter(Number.isFinite);
  return defined.length === 0 ? -Infinity : median(defined);
}

const definedValues = (runs: readonly TaskRun[], name: string): number[] =>
  runs.map(({ metrics }) => metrics[name] ?? Number.NaN).filter(Number.isFinite);

/** JSON has no word for what is undefined but leaving it out. */
export const withoutUndefined = ({ metrics, ...run }: TaskRun): TaskRun => ({
  ...run,
  metrics: Object.fromEntries(Object.entries(metrics).filter(([, value]) => Number.isFinite(value))),
});

function byMetric(
  names: readonly string[],
  runs: readonly TaskRun[],
  of: (values: readonly number[]) => number,
): Readonly<Record<string, number>> {
  const values = names.map((name) => [name, definedValues(runs, name)] as const);
  return Object.fromEntries(values.filter(([, defined]) => defined.length > 0).map(([name, all]) => [name, of(all)]));
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return (sorted[Math.floor(middle)]! + sorted[Math.ceil(middle)]!) / 2;
}

/** Sample standard deviation; 0 of one value. */
function deviation(values: readonly number[]): number {
  const centre = mean(values);
  const squares = values.reduce((sum, value) => sum + (value - centre) ** 2, 0);
  return Math.sqrt(squares / Math.max(1, values.length - 1));
}
