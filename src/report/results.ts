import type { ArmRow } from './arms.ts';
import { decimals, integers, toCsv, type CsvColumn } from './csv.ts';
import { pointColumns } from './point-columns.ts';
import type { Estimate } from './statistics/interval.ts';

/** `results.csv`: a row per arm, the baseline first. Units are those of `ArmRow`; what is not known is empty. */
export function resultsCsv(rows: readonly ArmRow[]): string {
  return toCsv(resultColumns(rows), rows);
}

/** The columns of `results.csv`. */
export function resultColumns(rows: readonly ArmRow[]): CsvColumn<ArmRow>[] {
  return [
    ...pointColumns(rows, ({ point }: ArmRow) => point),
    { name: 'dimension', text: ({ dimension }) => dimension },
    { name: 'arm', text: ({ arm }) => arm },
    integers('n', ({ n }) => n),
    integers('failed', ({ failed }) => failed),
    integers('steps', ({ steps }) => steps),
    integers('flops', ({ flops }) => flops),
    decimals('seconds', 2, ({ seconds }) => seconds),
    decimals('speedup_flops', 4, ({ speedupFlops }) => speedupFlops),
    ...estimates('speedup_time', 4, ({ speedupTime }) => speedupTime),
    ...estimates('speedup_to_loss', 4, ({ speedupToLoss }) => speedupToLoss),
    ...estimates('speedup_to_loss_time', 4, ({ speedupToLossTime }) => speedupToLossTime),
    decimals('loss', 4, ({ loss }) => loss.mean),
    decimals('loss_sd', 4, ({ loss }) => loss.sd),
    ...estimates('loss_delta', 4, ({ lossDelta }) => lossDelta),
    decimals('loss_p', 4, ({ lossDelta }) => lossDelta.p),
    decimals('effective_ffn', 1, ({ width }) => width.ffn),
    decimals('effective_hidden', 1, ({ width }) => width.hidden),
    ...(rows[0]?.metrics ?? []).map(({ task, metric }, index) =>
      decimals(`${task}.${metric}`, 4, (row: ArmRow) => row.metrics[index]?.mean ?? null),
    ),
    decimals('score', 2, ({ score }) => score.mean),
    decimals('score_sd', 2, ({ score }) => score.sd),
    ...estimates('score_delta', 2, ({ scoreDelta }) => scoreDelta),
    decimals('score_p', 4, ({ scoreDelta }) => scoreDelta.p),
    { name: 'warnings', text: ({ warnings }) => warnings.join('; ') },
  ];
}

/** A number with the ends of its confidence interval. */
const estimates = (name: string, digits: number, of: (row: ArmRow) => Estimate): CsvColumn<ArmRow>[] => [
  decimals(name, digits, (row) => of(row).value),
  decimals(`${name}_lo`, digits, (row) => of(row).low),
  decimals(`${name}_hi`, digits, (row) => of(row).high),
];
