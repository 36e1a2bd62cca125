import { errorLine } from '../../run/failures.ts';
import { hostLabel } from '../../run/process.ts';
import type { SweepEvent } from '../../run/events.ts';
import type { WorkNode } from '../../run/node.ts';
import type { CellRecord } from '../../run/record.ts';
import type { Cell } from '../../run/spec.ts';
import { statusOf } from '../../report/outcomes.ts';
import type { EngineChoice } from './progress.ts';
import type { RunningNode } from './running-node.ts';

/** Which engine trains, on what, and why not a better one. */
export const engineText = ({ name, device, why }: Omit<EngineChoice, 'after'>): string =>
  `engine: ${name} on ${device}${why === '' ? '' : ` (${why})`}`;

export const cellName = ({ arm, seed }: Pick<Cell, 'arm' | 'seed'>): string => `${arm} seed ${seed}`;

/** What a node does for a cell, in a word or two: `stage 2/3`, `wordnet-topic`. */
export function taskOfNode(node: WorkNode, { settings }: Pick<Cell, 'settings'>): string {
  switch (node.kind) {
    case 'stage': {
      const stages = settings.schedule.length;
      return stages === 1 ? 'pre-training' : `stage ${node.index + 1}/${stages}`;
    }
    case 'evaluation':
      return 'evaluation';
    case 'finetuning':
      return node.task;
    case 'saving':
      return 'saving';
  }
}

export const nodeText = ({ info, cell }: Pick<RunningNode, 'info' | 'cell'>): string => taskOfNode(info.node, cell);

/** A node in a sentence: `stack seed 0 stage 2/3 (+4 arms)`. */
export function nodeLabel(node: Pick<RunningNode, 'info' | 'cell'>): string {
  const others = node.info.cells.length - 1;
  const shared = others < 1 ? '' : ` (+${others} ${others === 1 ? 'arm' : 'arms'})`;
  return `${cellName(node.cell)} ${nodeText(node)}${shared}`;
}

/** What a node is at: `step 450/700, loss 5.213`. */
export function phaseText({ phase, info }: Pick<RunningNode, 'phase' | 'info'>): string {
  switch (phase.name) {
    case 'starting':
      return STARTING[info.node.kind];
    case 'preparing':
      return `preparing: ${phase.what}${percentText(phase.done, phase.of)}`;
    case 'fitting':
    case 'predicting':
      return `${phase.what}${percentText(phase.done, phase.of)}`;
    case 'training':
      return [`step ${phase.step}/${phase.of}`, ...(phase.loss === null ? [] : [lossText(phase.loss)])].join(', ');
  }
}

const STARTING: Readonly<Record<WorkNode['kind'], string>> = {
  stage: 'starting',
  evaluation: 'measuring the final loss',
  finetuning: 'starting',
  saving: 'writing the model',
};

export const lossText = (loss: number | null): string => (loss === null ? '' : `loss ${loss.toFixed(3)}`);

const percentText = (done: number, of: number): string =>
  of > 0 ? ` ${Math.min(100, Math.floor((100 * done) / of))}%` : '';

/** What happens to a node beside its training. */
export type Aside = Extract<SweepEvent, { readonly type: 'node-retried' | 'node-elsewhere' }>;

export function asideText(event: Aside): string {
  switch (event.type) {
    case 'node-retried':
      return `${errorLine(event.error)}; trying again`;
    case 'node-elsewhere':
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
  const loss = record.result.loss === null ? [] : [lossText(record.result.loss)];
  return [status, ...loss, ...scores].join(', ');
}
