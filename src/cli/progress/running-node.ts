import type { NodeInfo } from '../../run/events.ts';
import { protocolOf } from '../../run/protocol.ts';
import { FITTING, type CellEvent } from '../../run/record.ts';
import type { Cell } from '../../run/spec.ts';
import { flopsOfSteps, planStages, stageAfter, type PlannedStage } from '../../run/stages.ts';

/** What a running node is at. Steps of pre-training are counted over the whole run. */
export type Phase =
  | { readonly name: 'starting' }
  | {
      readonly name: 'preparing' | 'fitting' | 'predicting';
      readonly what: string;
      readonly done: number;
      readonly of: number;
    }
  | { readonly name: 'training'; readonly step: number; readonly of: number; readonly loss: number | null };

/** How far a node was at a time. Milliseconds, as every time here; `share` of its work is from 0 to 1. */
export interface Mark {
  readonly at: number;
  readonly share: number;
  /** Null where it is at something else than its steps. */
  readonly step: number | null;
}

export interface RunningNode {
  readonly info: NodeInfo;
  /** The cell that it is shown under. */
  readonly cell: Cell;
  /** Null where it is no stage. */
  readonly stage: PlannedStage | null;
  /** Tokens of a training step, padding included; null where there is none. */
  readonly tokens: number | null;
  readonly phase: Phase;
  /** When it began, past what is done once for all nodes: opening the engine, preparing the text. */
  readonly began: number;
  /** The first mark, and those of the last seconds; empty until training tells how far it is. */
  readonly first: Mark | null;
  readonly marks: readonly Mark[];
  /** The last training losses that were told, the latest last. */
  readonly losses: readonly number[];
}

/** As many as the widest display has room for. */
const LOSSES_KEPT = 20;
/** What is shown as the speed is the mean over so long at least, so that it can be read. */
const SPEED_OVER = 10_000;

/** A node that was started just now. */
export function startedNode(info: NodeInfo, cell: Cell, now: number): RunningNode {
  const { node } = info;
  const stage = node.kind === 'stage' ? (planStages(cell.settings)[node.index] ?? null) : null;
  return {
    ...{ info, cell, stage, tokens: tokensOfStep(info, cell, stage), phase: { name: 'starting' }, began: now },
    ...{ first: null, marks: [], losses: [] },
  };
}

function tokensOfStep({ node }: NodeInfo, { settings }: Cell, stage: PlannedStage | null): number | null {
  if (stage !== null) return settings.train.batch * stage.shape.length;
  if (node.kind !== 'finetuning') return null;
  const { batch, length } = protocolOf(settings, node.task);
  return batch * length;
}

/** The node after what its worker told at `now`. */
export function advanceNode(own: RunningNode, event: CellEvent, now: number): RunningNode {
  switch (event.type) {
    case 'engine':
      return { ...own, began: now };
    case 'prepare': {
      const { what, done, of } = event;
      if (what !== FITTING) return { ...own, began: now, phase: { name: 'preparing', what, done, of } };
      const share = of > 0 ? (fitShare(own) * done) / of : 0;
      return marked({ ...own, phase: { name: 'fitting', what, done, of } }, { at: now, share, step: null });
    }
    case 'stage': {
      const { steps } = own.cell.settings.train;
      return { ...own, phase: { name: 'training', step: own.stage?.start ?? 0, of: steps, loss: null } };
    }
    case 'step': {
      const { step, of, loss } = event;
      const placed = { ...own, stage: stageAt(own, step) };
      return trained(placed, { step, of, loss }, { at: now, share: stageShare(placed, step), step });
    }
    case 'finetune': {
      const { step, of, loss, share } = event;
      return trained(own, { step, of, loss }, { at: now, share, step });
    }
    case 'predict': {
      const { done, of, share } = event;
      return marked(
        { ...own, phase: { name: 'predicting', what: 'predicting', done, of } },
        { at: now, share, step: null },
      );
    }
    case 'evaluate':
    case 'grow':
    case 'score':
      return own;
  }
}

function trained(own: RunningNode, told: { step: number; of: number; loss: number }, mark: Mark): RunningNode {
  const losses = [...own.losses, told.loss].slice(-LOSSES_KEPT);
  return marked({ ...own, phase: { name: 'training', ...told }, losses }, mark);
}

function marked(own: RunningNode, mark: Mark): RunningNode {
  const marks = [...own.marks, mark];
  const recent = marks.findLastIndex(({ at }) => at <= mark.at - SPEED_OVER);
  return { ...own, first: own.first ?? mark, marks: marks.slice(Math.max(0, recent)) };
}

/** The stage as it runs: where one before it has ended early, it begins before it was planned to. */
function stageAt({ stage, info, cell }: RunningNode, step: number): PlannedStage | null {
  if (stage === null || info.node.kind !== 'stage' || step > stage.start) return stage;
  return stageAfter(cell.settings, planStages(cell.settings), info.node.index, Math.max(0, step - 1));
}

const fitShare = ({ stage }: RunningNode): number => {
  if (stage?.fit == null) return 0;
  return stage.fit.flops / (stage.fit.flops + stage.flops);
};

/** Share of a stage's work that is done at a step of the run. What its head has done is no part of it. */
function stageShare(own: RunningNode, step: number): number {
  const { stage, cell, info } = own;
  if (stage === null || stage.flops <= 0) return 0;
  const done = flopsOfSteps(cell.settings, stage, Math.min(stage.steps, Math.max(0, step - stage.start)));
  if (info.node.kind === 'stage' && info.node.head !== undefined) {
    return Math.max(0, 1 - (stage.flops - done) / info.work);
  }
  const fitted = fitShare(own);
  return fitted + (1 - fitted) * (done / stage.flops);
}

/** Tokens a second of training, over the last seconds; null where that is unknown. */
export function tokensPerSecond({ phase, tokens, marks }: RunningNode): number | null {
  const steps = marks.slice(1 + marks.findLastIndex(({ step }) => step === null));
  const [from, to] = [steps[0], steps.at(-1)];
  if (phase.name !== 'training' || tokens === null || from === undefined || to === undefined) return null;
  const [count, time] = [(to.step ?? 0) - (from.step ?? 0), to.at - from.at];
  return count > 0 && time > 0 ? (1000 * tokens * count) / time : null;
}
