import type { SweepEvent } from '../../run/events.ts';
import type { CellEvent, CellRecord, GrowthRecord } from '../../run/record.ts';
import type { Cell } from '../../run/spec.ts';
import { finetuneWork, pretrainWork, workOf } from '../../run/work.ts';

/** What a running cell is at. */
export type Phase =
  | { readonly name: 'starting' }
  | { readonly name: 'preparing'; readonly what: string; readonly done: number; readonly of: number }
  | { readonly name: 'pretraining'; readonly step: number; readonly of: number; readonly loss: number | null }
  | {
      readonly name: 'finetuning';
      readonly task: string;
      readonly step: number;
      readonly of: number;
      readonly loss: number | null;
    };

export interface RunningCell {
  readonly cell: Cell;
  readonly phase: Phase;
  /** Counted from 0. */
  readonly stage: number;
  readonly stages: number;
  readonly growth: GrowthRecord | null;
  /** Tasks that have their score. */
  readonly scored: number;
  /** When training began, past loading and preparing; null before. Milliseconds, as every time here. */
  readonly since: number | null;
  /** Share of the cell's work that is done, 0 to 1. */
  readonly done: number;
}

export interface FinishedCell {
  readonly cell: Cell;
  readonly record: CellRecord;
  /** Time from the first step to the end; 0 where there was no step. */
  readonly busy: number;
}

export interface EngineChoice {
  readonly name: string;
  readonly device: string;
  readonly why: string;
  /** Cells that had ended before any worker said which engine it took. */
  readonly after: number;
}

/** All that a display of a sweep shows: a fold over its events. */
export interface Progress {
  readonly cells: readonly Cell[];
  /** Cells whose records were there before. */
  readonly cached: readonly string[];
  readonly workers: number;
  readonly started: number;
  /** In the order in which they were started. */
  readonly running: readonly RunningCell[];
  /** In the order in which they ended. */
  readonly finished: readonly FinishedCell[];
  readonly engine: EngineChoice | null;
  readonly ended: 'no' | 'done' | 'interrupted';
}

export const NOTHING_YET: Progress = {
  cells: [],
  cached: [],
  workers: 0,
  started: 0,
  running: [],
  finished: [],
  engine: null,
  ended: 'no',
};

/** The progress after `event`, which happened at `now` milliseconds. Events of cells that are not running change nothing. */
export function advance(progress: Progress, event: SweepEvent, now: number): Progress {
  switch (event.type) {
    case 'sweep-started': {
      const { cells, cached, workers } = event;
      return { ...progress, cells, cached, workers, started: now };
    }
    case 'cell-started': {
      const cell = progress.cells.find(({ id }) => id === event.id);
      return cell === undefined ? progress : { ...progress, running: [...progress.running, startedCell(cell)] };
    }
    case 'cell-event':
      return {
        ...progress,
        engine: progress.engine ?? chosenEngine(event.event, progress.finished.length),
        running: progress.running.map((own) => (own.cell.id === event.id ? advanceCell(own, event.event, now) : own)),
      };
    case 'cell-retried': {
      const anew = progress.running.map((own) => (own.cell.id === event.id ? startedCell(own.cell) : own));
      return { ...progress, running: anew };
    }
    case 'cell-elsewhere':
      return progress;
    case 'cell-found': {
      const cell = progress.cells.find(({ id }) => id === event.id);
      if (cell === undefined) return progress;
      return { ...progress, finished: [...progress.finished, { cell, record: event.record, busy: 0 }] };
    }
    case 'cell-finished': {
      const own = progress.running.find(({ cell }) => cell.id === event.id);
      if (own === undefined) return progress;
      const busy = own.since === null ? 0 : now - own.since;
      return {
        ...progress,
        running: progress.running.filter((other) => other !== own),
        finished: [...progress.finished, { cell: own.cell, record: event.record, busy }],
      };
    }
    case 'sweep-finished':
      return { ...progress, running: [], ended: event.interrupted ? 'interrupted' : 'done' };
  }
}

function chosenEngine(event: CellEvent, after: number): EngineChoice | null {
  if (event.type !== 'engine') return null;
  const { name, device, why } = event;
  return { name, device, why, after };
}

function startedCell(cell: Cell): RunningCell {
  const stages = cell.settings.schedule.length;
  return { cell, phase: { name: 'starting' }, stage: 0, stages, growth: null, scored: 0, since: null, done: 0 };
}

function advanceCell(own: RunningCell, event: CellEvent, now: number): RunningCell {
  const { settings } = own.cell;
  switch (event.type) {
    case 'engine':
      return own;
    case 'prepare':
      return { ...own, phase: { name: 'preparing', what: event.what, done: event.done, of: event.of } };
    case 'stage': {
      const step = own.phase.name === 'pretraining' ? own.phase.step : 0;
      const loss = own.phase.name === 'pretraining' ? own.phase.loss : null;
      const phase: Phase = { name: 'pretraining', step, of: settings.train.steps, loss };
      return { ...own, phase, stage: event.stage, stages: event.of, since: own.since ?? now };
    }
    case 'step': {
      const phase: Phase = { name: 'pretraining', step: event.step, of: event.of, loss: event.loss };
      const done = pretrainWork(settings, event.step) / workOf(settings);
      return { ...own, phase, since: own.since ?? now, done };
    }
    case 'evaluate':
      return own;
    case 'grow':
      return { ...own, growth: event.growth };
    case 'finetune': {
      const { task, step, of, loss } = event;
      const share = of > 0 ? step / of : 0;
      return { ...own, phase: { name: 'finetuning', task, step, of, loss }, done: finetuneShare(own, share) };
    }
    case 'score':
      return { ...own, scored: own.scored + 1, done: finetuneShare({ ...own, scored: own.scored + 1 }, 0) };
  }
}

/** Share of the cell's work done when `share` of the task after the scored ones is. */
function finetuneShare({ cell, scored }: RunningCell, share: number): number {
  const { settings } = cell;
  const before = pretrainWork(settings, settings.train.steps);
  return Math.min(1, (before + finetuneWork(settings, scored + share)) / workOf(settings));
}
