import type { NodeInfo, SweepEvent } from '../../run/events.ts';
import { errorLine } from '../../run/failures.ts';
import type { CellEvent } from '../../run/record.ts';
import { clock, engineering } from '../format.ts';
import { shapeSentence } from '../shape-text.ts';
import { nodeTimeLeft } from './estimate.ts';
import { nodeAt, type Progress } from './progress.ts';
import { tokensPerSecond, type RunningNode } from './running-node.ts';
import { savingText, totalsForLog, WORTH_TELLING } from './totals.ts';
import { asideText, cellName, engineText, nodeLabel, phaseText, resultText } from './wording.ts';

/**
 * What to say of an event where nothing can be drawn: lines for a log, few enough to read. `before` and `after` are
 * the progress on both sides of it.
 */
export function linesFor(event: SweepEvent, before: Progress, after: Progress, now: number): string[] {
  switch (event.type) {
    case 'sweep-started':
      return [startText(after)];
    case 'node-started': {
      const own = nodeAt(after, event.address);
      if (own === undefined) return [];
      return [`${nodeLabel(own)}${own.stage === null ? '' : `: ${shapeSentence(own.stage.shape)}`}`];
    }
    case 'node-event': {
      const own = nodeAt(before, event.address);
      return own === undefined ? [] : toldLines(event.event, own, before.engine?.name ?? null);
    }
    case 'node-retried':
    case 'node-elsewhere':
      return about(knownNode(before, event.address), asideText(event));
    case 'node-finished':
      return event.error === null ? [] : about(knownNode(before, event.address), `failed: ${errorLine(event.error)}`);
    case 'cell-found':
    case 'cell-finished':
      return [`${cellName(event.record.cell)}: ${resultText(event.record)} (${totalsForLog(after, now)})`];
    case 'node-found':
    case 'sweep-finished':
      return [];
  }
}

const about = (node: Parameters<typeof nodeLabel>[0] | undefined, text: string): string[] =>
  node === undefined ? [] : [`${nodeLabel(node)}: ${text}`];

/** A node that runs or waits, with the cell that it is shown under. */
export function knownNode(progress: Progress, address: string): Pick<RunningNode, 'info' | 'cell'> | undefined {
  const own = nodeAt(progress, address);
  if (own !== undefined) return own;
  const info = progress.waiting.find(({ node }: NodeInfo) => node.address === address);
  const cell = progress.cells.find(({ id }) => id === info?.cells[0]);
  return info === undefined || cell === undefined ? undefined : { info, cell };
}

function startText({ cells, cached, nodes, saved, workers }: Progress): string {
  return [
    `${cells.length} cells`,
    ...(cached.length > 0 ? [`${cached.length} finished before`] : []),
    ...(nodes.count > 0 ? [`${nodes.count} nodes${nodes.done > 0 ? ` (${nodes.done} done before)` : ''}`] : []),
    ...(saved >= WORTH_TELLING ? [savingText(saved)] : []),
    ...(workers === 0 ? [] : [workers === 1 ? '1 worker' : `${workers} workers`]),
  ].join(', ');
}

function toldLines(event: CellEvent, own: RunningNode, engine: string | null): string[] {
  switch (event.type) {
    case 'engine':
      return engine === event.name ? [] : [engineText(event)];
    case 'grow': {
      const { step, before, after } = event.growth;
      return [`${cellName(own.cell)}: growth after step ${step}: loss ${before.toFixed(3)} -> ${after.toFixed(3)}`];
    }
    case 'score': {
      const metrics = Object.entries(event.metrics).map(([name, value]) => `${name} ${value.toFixed(3)}`);
      return [`${cellName(own.cell)}: ${event.task}: ${metrics.join(', ')}`];
    }
    case 'prepare':
    case 'stage':
    case 'step':
    case 'evaluate':
    case 'finetune':
    case 'predict':
      return [];
  }
}

/** A running node in a sentence: `stack seed 0 stage 2/2: step 6/10, loss 5.432, 12.3k tokens/s, 0:42 left`. */
export function runningText(node: RunningNode, now: number): string {
  const [speed, left] = [tokensPerSecond(node), nodeTimeLeft(node, now)];
  const at = [
    phaseText(node),
    ...(speed === null ? [] : [`${engineering(speed)} tokens/s`]),
    ...(left === null ? [] : [`${clock(left)} left`]),
  ];
  return `${nodeLabel(node)}: ${at.join(', ')}`;
}

/** A sign of life: the totals, and what each running node is at. */
export const heartbeat = (progress: Progress, now: number): string =>
  [totalsForLog(progress, now), ...progress.running.map((node) => runningText(node, now))].join('; ');
