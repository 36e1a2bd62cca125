import { errorLine } from '../run/failures.ts';
import { hostLabel } from '../run/process.ts';
import type { RunningState, SweepState } from '../run/sweep-status.ts';
import { clock } from './format.ts';
import { cellTimeLeft } from './progress/estimate.ts';
import { advance, NOTHING_YET, type RunningCell } from './progress/progress.ts';
import { phaseText } from './progress/wording.ts';

/** A running cell as its progress file tells it, in data. */
export interface RunningReport {
  readonly id: string;
  readonly arm: string;
  readonly seed: number;
  readonly worker: { readonly host: string; readonly sweep: number; readonly pid: number | null };
  /** As on the display of the sweep. */
  readonly at: string;
  readonly step: number | null;
  readonly loss: number | null;
  /** Seconds on the clock of the worker's host. */
  readonly running: number | null;
  readonly left: number | null;
}

/** What of a sweep is running, in the words of its own display. */
export function runningReport({ cell, holder, progress }: RunningState): RunningReport {
  const folded = progress === null ? null : foldedCell(cell, progress);
  const phase = folded?.phase ?? { name: 'starting' as const };
  const left = folded === null || progress === null ? null : cellTimeLeft(folded, progress.updated);
  const training = phase.name === 'pretraining' || phase.name === 'finetuning';
  return {
    id: cell.id,
    arm: cell.arm,
    seed: cell.seed,
    worker: { host: hostLabel(holder.host), sweep: holder.pid, pid: progress?.pid ?? null },
    at: phaseText(phase),
    step: training ? phase.step : null,
    loss: training ? phase.loss : null,
    running: progress === null ? null : Math.round((progress.updated - progress.started) / 1000),
    left: left === null ? null : Math.round(left / 1000),
  };
}

/** The running cell that the sweep's own display would have, by the same fold over the events that were kept. */
function foldedCell(cell: RunningState['cell'], { since, events }: NonNullable<RunningState['progress']>): RunningCell {
  const begun = [
    { type: 'sweep-started' as const, cells: [cell], cached: [], workers: 1 },
    { type: 'cell-started' as const, id: cell.id },
    ...events.map((event) => ({ type: 'cell-event' as const, id: cell.id, event })),
  ];
  return begun.reduce((progress, event) => advance(progress, event, since ?? 0), NOTHING_YET).running[0]!;
}

/** Where a sweep stands, for people: counts, then what runs, what failed and why, what waits. Ends with a line break. */
export function statusText(folder: string, state: SweepState): string {
  const { plan, finished, failed, running, waiting } = state;
  const total = finished.length + failed.length + running.length + waiting.length;
  const counts = [
    `${finished.length} of ${total} cells done`,
    ...(running.length > 0 ? [`${running.length} running`] : []),
    ...(failed.length > 0 ? [`${failed.length} failed`] : []),
    ...(waiting.length > 0 ? [`${waiting.length} waiting`] : []),
  ];
  return [
    `${plan.comparison.name} (${folder}): ${counts.join(', ')}`,
    ...running.map((own) => `  running  ${runningText(runningReport(own))}`),
    ...failed.map(({ cell, error }) => `  failed   ${cell.arm} seed ${cell.seed}: ${errorLine(error ?? '')}`),
    ...waitingTexts(state).map((text) => `  waiting  ${text}`),
    '',
  ].join('\n');
}

function runningText({ arm, seed, at, left, worker }: RunningReport): string {
  const time = left === null ? '' : `, ${clock(1000 * left)} left`;
  return `${arm} seed ${seed}: ${at}${time}; process ${worker.pid ?? worker.sweep} on ${worker.host}`;
}

/** A line per arm, with its seeds. */
function waitingTexts({ waiting }: SweepState): string[] {
  const seeds = new Map<string, number[]>();
  for (const { arm, seed } of waiting) seeds.set(arm, [...(seeds.get(arm) ?? []), seed]);
  return [...seeds].map(([arm, own]) => `${arm} ${own.length === 1 ? 'seed' : 'seeds'} ${own.join(', ')}`);
}
