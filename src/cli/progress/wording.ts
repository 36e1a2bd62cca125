import type { SweepEvent } from '../../run/events.ts';
import { errorLine } from '../../run/failures.ts';
import { hostLabel } from '../../run/process.ts';
import type { CellRecord } from '../../run/record.ts';
import { statusOf } from '../../report/outcomes.ts';
import { clock } from '../format.ts';
import { sweepTimeLeft } from './estimate.ts';
import type { EngineChoice, Phase, Progress } from './progress.ts';

/** Which engine trains, on what, and why not a better one. */
export const engineText = ({ name, device, why }: Omit<EngineChoice, 'after'>): string =>
  `engine: ${name} on ${device}${why === '' ? '' : ` (${why})`}`;

/** What a cell is at: `step 450/700, loss 5.213`. */
export function phaseText(phase: Phase): string {
  switch (phase.name) {
    case 'starting':
      return 'starting a worker';
    case 'preparing':
      return `preparing: ${phase.what}${phase.of > 0 ? ` ${percent(phase.done, phase.of)}` : ''}`;
    case 'pretraining':
      return `step ${phase.step}/${phase.of}${lossText(phase.loss)}`;
    case 'finetuning':
      return `${phase.task} ${phase.step}/${phase.of}${lossText(phase.loss)}`;
  }
}

const lossText = (loss: number | null): string => (loss === null ? '' : `, loss ${loss.toFixed(3)}`);

const percent = (done: number, of: number): string => `${Math.min(100, Math.floor((100 * done) / of))}%`;

/** What happens to a cell beside its training. */
export function asideText(event: Extract<SweepEvent, { type: 'cell-retried' | 'cell-elsewhere' }>): string {
  switch (event.type) {
    case 'cell-retried':
      return `${errorLine(event.error)}; trying again`;
    case 'cell-elsewhere':
      return `process ${event.pid} on ${hostLabel(event.host)} runs it`;
  }
}

/** A finished cell in a few words: `done, loss 5.021, wordnet-topic 61.2`; each task by its first metric, in percent. */
export function resultText(record: CellRecord): string {
  const status = statusOf(record);
  if (record.result === null) return `${status}: ${errorLine(record.error ?? '')}`;
  const scores = Object.entries(record.result.tasks).flatMap(([task, { metrics }]) => {
    const first = Object.values(metrics)[0];
    return first === undefined ? [] : [`${task} ${(100 * first).toFixed(1)}`];
  });
  const loss = record.result.loss === null ? [] : [`loss ${record.result.loss.toFixed(3)}`];
  return [status, ...loss, ...scores].join(', ');
}

/** The whole sweep in a line: `3/14 cells, 1 failed, 0:42, about 2:10 left`. */
export function totalsText(progress: Progress, now: number): string {
  const { cells, cached, finished } = progress;
  const failed = finished.filter(({ record }) => statusOf(record) !== 'done').length;
  const left = sweepTimeLeft(progress, now);
  return [
    `${cached.length + finished.length}/${cells.length} cells`,
    ...(cached.length > 0 ? [`${cached.length} of them before`] : []),
    ...(failed > 0 ? [`${failed} failed`] : []),
    clock(now - progress.started),
    ...(left === null || left === 0 ? [] : [`about ${clock(left)} left`]),
  ].join(', ');
}
