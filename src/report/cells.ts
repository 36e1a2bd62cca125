import type { Plan } from '../run/plan.ts';
import type { CellRecord, CellResult } from '../run/record.ts';
import { decimals, integers, toCsv, type CsvColumn } from './csv.ts';
import { outcomesOf, type Outcome } from './outcomes.ts';
import { metricColumns, metricOf, scoreOf, tasksOf, type TaskMetrics } from './score.ts';

/**
 * `cells.csv`: a row per cell of the plan, in the plan's order, cells that have not run included. Losses are nats per
 * masked token; metrics have the task's own range; the score is in percent. All that depends on the clock stands in
 * the last columns, in seconds: two runs of one sweep agree in everything before them.
 */
export function cellsCsv(plan: Plan, records: readonly CellRecord[], metrics: TaskMetrics): string {
  return toCsv(cellColumns(plan, metrics), outcomesOf(plan, records));
}

function cellColumns(plan: Plan, metrics: TaskMetrics): CsvColumn<Outcome>[] {
  const tasks = tasksOf(plan);
  return [
    { name: 'dimension', text: ({ arm }) => arm.group },
    { name: 'arm', text: ({ cell }) => cell.arm },
    integers('seed', ({ cell }) => cell.seed),
    { name: 'status', text: ({ status }) => status },
    { name: 'id', text: ({ cell }) => cell.id },
    integers(
      'steps',
      ofResult((result) => result.steps),
    ),
    integers(
      'flops',
      ofResult((result) => result.flops),
    ),
    decimals(
      'loss',
      4,
      ofResult((result) => result.loss),
    ),
    ...growthColumns(plan),
    decimals(
      'effective_ffn',
      1,
      ofResult((result) => result.width?.ffn ?? null),
    ),
    decimals(
      'effective_hidden',
      1,
      ofResult((result) => result.width?.hidden ?? null),
    ),
    ...metricColumns(plan, metrics).map((column) =>
      decimals(
        `${column.task}.${column.metric}`,
        4,
        ofResult((result) => metricOf(result, column)),
      ),
    ),
    decimals(
      'score',
      2,
      ofResult((result) => scoreOf(result, tasks, metrics)),
    ),
    { name: 'warnings', text: ({ record }) => record?.result?.warnings.join('; ') ?? null },
    { name: 'error', text: ({ record }) => record?.error?.split('\n', 1)[0] ?? null },
    decimals(
      'seconds',
      2,
      ofResult(({ seconds }) => seconds.train),
    ),
    decimals(
      'seconds_compile',
      2,
      ofResult(({ seconds }) => seconds.compile),
    ),
    decimals(
      'seconds_evaluate',
      2,
      ofResult(({ seconds }) => seconds.evaluate),
    ),
    decimals(
      'seconds_finetune',
      2,
      ofResult(({ seconds }) => seconds.finetune),
    ),
  ];
}

/** Loss just before and just after each growth; as many pairs as the arm with the most stages needs. */
function growthColumns(plan: Plan): CsvColumn<Outcome>[] {
  const growths = Math.max(0, ...plan.arms.map(({ stages }) => stages.length - 1));
  return Array.from({ length: growths }, (_, index) => [
    decimals(
      `growth_${index + 1}_before`,
      4,
      ofResult((result) => result.growths[index]?.before ?? null),
    ),
    decimals(
      `growth_${index + 1}_after`,
      4,
      ofResult((result) => result.growths[index]?.after ?? null),
    ),
  ]).flat();
}

/** A number of a cell's result, diverged cells included. */
function ofResult(pick: (result: CellResult) => number | null): (outcome: Outcome) => number | null {
  return ({ record }) => (record?.result ? pick(record.result) : null);
}
