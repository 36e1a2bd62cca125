import type { Plan } from '../run/plan.ts';
import type { CellRecord, CellResult } from '../run/record.ts';
import { decimals, integers, toCsv, type CsvColumn } from './csv.ts';
import { metricNamed, type TaskMetrics } from './metrics.ts';
import { pointColumns } from './point-columns.ts';
import { baselineArms, outcomesOf, type Outcome } from './outcomes.ts';
import { scoreOf, tasksOf } from './score.ts';
import { taskColumns } from './task-columns.ts';
import { costToLoss, type LossCost } from './to-loss.ts';

/**
 * `cells.csv`: a row per cell of the plan, in the plan's order, cells that have not run included. Losses are nats per
 * masked token; metrics have the task's own range; the score is in percent. All that depends on the clock stands in
 * the last columns, in seconds: two runs of one sweep agree in everything before them.
 */
export function cellsCsv(plan: Plan, records: readonly CellRecord[], metrics: TaskMetrics): string {
  const outcomes = outcomesOf(plan, records);
  return toCsv(cellColumns(plan, outcomes, metrics), outcomes);
}

/** The columns of `cells.csv`; `outcomes` are all cells of the plan, among which the baseline's are found. */
export function cellColumns(plan: Plan, outcomes: readonly Outcome[], metrics: TaskMetrics): CsvColumn<Outcome>[] {
  const tasks = tasksOf(plan);
  const toLoss = costsToLoss(plan, outcomes);
  return [
    ...pointColumns(
      plan.arms.map(({ arm }) => arm),
      ({ arm: planned }: Outcome) => planned.arm.point,
    ),
    { name: 'dimension', text: ({ arm }) => arm.group },
    { name: 'arm', text: ({ arm }) => arm.arm.name },
    integers('seed', ({ cell }) => cell.seed),
    { name: 'status', text: ({ status }) => status },
    { name: 'id', text: ({ cell }) => cell.id },
    integers(
      'steps',
      ofResult(({ steps }) => steps),
    ),
    integers(
      'flops',
      ofResult(({ flops }) => flops),
    ),
    integers('flops_to_loss', (outcome) => toLoss.get(outcome)?.flops ?? null),
    measured('loss', metrics, ({ loss }) => loss),
    ...nextSentenceColumns(plan, metrics),
    ...growthColumns(plan, metrics),
    measured('effective_ffn', metrics, ({ width }) => width?.ffn ?? null),
    measured('effective_hidden', metrics, ({ width }) => width?.hidden ?? null),
    ...taskColumns(plan, metrics),
    measured('score', metrics, (result) => scoreOf(result, tasks, metrics)),
    { name: 'warnings', text: ({ record }) => record?.result?.warnings.join('; ') ?? null },
    { name: 'error', text: ({ record }) => record?.error?.split('\n', 1)[0] ?? null },
    measured('seconds', metrics, ({ seconds }) => seconds.train),
    decimals('seconds_to_loss', 2, (outcome) => toLoss.get(outcome)?.seconds ?? null),
    measured('seconds_compile', metrics, ({ seconds }) => seconds.compile),
    measured('seconds_evaluate', metrics, ({ seconds }) => seconds.evaluate),
    measured('seconds_finetune', metrics, ({ seconds }) => seconds.finetune),
  ];
}

/** How often the continuation was told, where any arm learns to tell it. */
function nextSentenceColumns({ arms }: Plan, metrics: TaskMetrics): CsvColumn<Outcome>[] {
  if (arms.every(({ arm }) => arm.settings.data.pairs === undefined)) return [];
  return [measured('nsp_accuracy', metrics, ({ nsp }) => nsp?.accuracy ?? null)];
}

/** Loss just before and just after each growth; as many pairs as the arm with the most stages needs. */
function growthColumns(plan: Plan, metrics: TaskMetrics): CsvColumn<Outcome>[] {
  const growths = Math.max(0, ...plan.arms.map(({ stages }) => stages.length - 1));
  return Array.from({ length: growths }, (_, index) =>
    (['before', 'after'] as const).map((when) =>
      measured(`growth_${index + 1}_${when}`, metrics, (result) => result.growths[index]?.[when] ?? null),
    ),
  ).flat();
}

/** What finished cells had spent when they reached the final loss of the baseline's cell with their seed. */
function costsToLoss(plan: Plan, outcomes: readonly Outcome[]): Map<Outcome, LossCost | null> {
  const baselines = baselineArms(plan);
  return new Map(
    outcomes.map((outcome) => {
      const { arm, cell } = outcome;
      const baseline = outcomes.find((own) => own.arm === baselines.get(arm) && own.cell.seed === cell.seed)?.done;
      return [outcome, outcome.done && baseline ? costToLoss(outcome.done, baseline) : null];
    }),
  );
}

/** A metric's column, with as many digits as the metric has. */
function measured(name: string, metrics: TaskMetrics, pick: (result: CellResult) => number | null): CsvColumn<Outcome> {
  const metric = metricNamed(name, metrics);
  if (metric === null) throw new Error(`no metric is called ${name}`);
  return decimals(name, metric.decimals, ofResult(pick));
}

/** A number of a cell's result, diverged cells included. */
function ofResult(pick: (result: CellResult) => number | null): (outcome: Outcome) => number | null {
  return ({ record }) => (record?.result ? pick(record.result) : null);
}
