import type { ArmRow } from './arms.ts';
import { decimals, integers, toCsv, type CsvColumn } from './csv.ts';

/** `results.csv`: a row per arm, the baseline first. Units are those of `ArmRow`; what is not known is empty. */
export function resultsCsv(rows: readonly ArmRow[]): string {
  return toCsv(resultColumns(rows), rows);
}

function resultColumns(rows: readonly ArmRow[]): CsvColumn<ArmRow>[] {
  return [
    { name: 'dimension', text: ({ dimension }) => dimension },
    { name: 'arm', text: ({ arm }) => arm },
    integers('n', ({ n }) => n),
    integers('failed', ({ failed }) => failed),
    integers('steps', ({ steps }) => steps),
    integers('flops', ({ flops }) => flops),
    decimals('seconds', 2, ({ seconds }) => seconds),
    decimals('speedup_flops', 4, ({ speedupFlops }) => speedupFlops),
    decimals('speedup_time', 4, ({ speedupTime }) => speedupTime.median),
    decimals('speedup_time_lo', 4, ({ speedupTime }) => speedupTime.low),
    decimals('speedup_time_hi', 4, ({ speedupTime }) => speedupTime.high),
    decimals('loss', 4, ({ loss }) => loss.mean),
    decimals('loss_sd', 4, ({ loss }) => loss.sd),
    decimals('effective_ffn', 1, ({ width }) => width.ffn),
    decimals('effective_hidden', 1, ({ width }) => width.hidden),
    ...(rows[0]?.metrics ?? []).map(({ task, metric }, index) =>
      decimals(`${task}.${metric}`, 4, (row: ArmRow) => row.metrics[index]?.mean ?? null),
    ),
    decimals('score', 2, ({ score }) => score.mean),
    decimals('score_sd', 2, ({ score }) => score.sd),
    decimals('score_delta', 2, ({ scoreDelta }) => scoreDelta),
    { name: 'warnings', text: ({ warnings }) => warnings.join('; ') },
  ];
}
