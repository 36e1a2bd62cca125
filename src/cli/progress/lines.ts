import type { SweepEvent } from '../../run/events.ts';
import type { CellEvent } from '../../run/record.ts';
import type { Cell } from '../../run/spec.ts';
import { shapeSentence } from '../shape-text.ts';
import { asideText, engineText, phaseText, resultText, totalsText } from './wording.ts';
import type { Progress } from './progress.ts';

/**
 * What to say of an event where nothing can be drawn: lines for a log, few enough to read. `before` and `after` are
 * the progress on both sides of it.
 */
export function linesFor(event: SweepEvent, before: Progress, after: Progress, now: number): string[] {
  switch (event.type) {
    case 'sweep-started': {
      const found = event.cached.length > 0 ? `, ${event.cached.length} finished before` : '';
      const workers = event.workers === 1 ? '1 worker' : `${event.workers} workers`;
      return [`${event.cells.length} cells${found}${event.workers === 0 ? '' : `, ${workers}`}`];
    }
    case 'cell-started': {
      const cell = after.cells.find(({ id }) => id === event.id);
      return cell === undefined ? [] : [`${cellName(cell)}: started`];
    }
    case 'cell-retried':
    case 'cell-elsewhere': {
      const cell = after.cells.find(({ id }) => id === event.id);
      return cell === undefined ? [] : [`${cellName(cell)}: ${asideText(event)}`];
    }
    case 'cell-event': {
      const own = before.running.find(({ cell }) => cell.id === event.id);
      if (own === undefined) return [];
      const known = own.phase.name === 'preparing' ? own.phase.what : null;
      return cellLines(event.event, known, before.engine?.name ?? null).map((text) =>
        event.event.type === 'engine' ? text : `${cellName(own.cell)}: ${text}`,
      );
    }
    case 'cell-found':
    case 'cell-finished':
      return [`${cellName(event.record.cell)}: ${resultText(event.record)} (${totalsText(after, now)})`];
    case 'sweep-finished':
      return [];
  }
}

function cellLines(event: CellEvent, preparing: string | null, engine: string | null): string[] {
  switch (event.type) {
    case 'engine':
      return engine === event.name ? [] : [engineText(event)];
    case 'prepare':
      return preparing === event.what ? [] : [`preparing: ${event.what}`];
    case 'stage':
      return [`stage ${event.stage + 1}/${event.of}: ${shapeSentence(event.shape)}`];
    case 'grow': {
      const { step, before, after } = event.growth;
      return [`growth after step ${step}: loss ${before.toFixed(3)} -> ${after.toFixed(3)}`];
    }
    case 'score': {
      const metrics = Object.entries(event.metrics).map(([name, value]) => `${name} ${value.toFixed(3)}`);
      return [`${event.task}: ${metrics.join(', ')}`];
    }
    case 'step':
    case 'evaluate':
    case 'finetune':
      return [];
  }
}

/** A sign of life: the totals, and what each running cell is at. */
export function heartbeat(progress: Progress, now: number): string {
  const cells = progress.running.map(({ cell, phase }) => `${cellName(cell)} ${phaseText(phase)}`);
  return [totalsText(progress, now), ...cells].join('; ');
}

const cellName = (cell: Cell): string => `${cell.arm} seed ${cell.seed}`;
