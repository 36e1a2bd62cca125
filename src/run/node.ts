import type { EffectiveWidth } from '../growth/effective-width.ts';
import type { CellResult, CurvePoint, GrowthRecord, StageRecord, TaskRecord } from './record.ts';
import type { Cell } from './spec.ts';

/**
 * A unit of work. Its address is a hash of all that decides its output (run/address.ts), so that cells which agree up
 * to a point share what they need up to there, whatever their arms and sweeps are called.
 */
export type WorkNode = StageNode | EvaluationNode | FinetuningNode | SavingNode;

interface Addressed {
  readonly address: string;
}

/** Grows the model of the stage before, if there is one, and trains it for a stage. */
export interface StageNode extends Addressed {
  readonly kind: 'stage';
  readonly parent: string | null;
  /** Counted from 0. */
  readonly index: number;
  /**
   * A stage of another cell that is this one but for ending earlier (run/heads.ts): this one goes on from there. No part
   * of the address, since what comes of it is the same without.
   */
  readonly head?: string;
}

/** The node that a node goes on from, and has to wait for: its head, if it has one, which waits for the parent. */
export const goesOnFrom = (node: WorkNode): string | null =>
  node.kind === 'stage' ? (node.head ?? node.parent) : node.parent;

/** What is made of the last stage's model. */
interface AfterTraining extends Addressed {
  readonly parent: string;
}

/** Measures the final loss at the target's length; there is one only where the last stage has another. */
export interface EvaluationNode extends AfterTraining {
  readonly kind: 'evaluation';
}

/** Fine-tunes the model on one task, at all rates and seeds of its protocol. */
export interface FinetuningNode extends AfterTraining {
  readonly kind: 'finetuning';
  readonly task: string;
}

/** Saves the model as a checkpoint among the results of its cell. */
export interface SavingNode extends AfterTraining {
  readonly kind: 'saving';
}

/** Which part of a cell a node is, in a word: `stage 2`, `wordnet-topic`. */
export function nodeLabel(node: WorkNode): string {
  switch (node.kind) {
    case 'stage':
      return `stage ${node.index + 1}`;
    case 'finetuning':
      return node.task;
    case 'evaluation':
    case 'saving':
      return node.kind;
  }
}

/** What a worker is handed: a node, and a cell that needs it. All other cells that do would have the same of it. */
export interface NodeWork<Node extends WorkNode = WorkNode> {
  readonly node: Node;
  readonly cell: Cell;
  /** Ids of all cells that do. */
  readonly cells: readonly string[];
  /** What the parent came to; null where there is none. */
  readonly before: StageResult | null;
  /** What a stage's head came to; null where it has none. */
  readonly head: StageResult | null;
  /** What a stage leaves of its state: Adam's moments too where a stage follows. */
  readonly keep: 'parameters' | 'all';
}

/** What a node yields, besides the files that it leaves. Plain JSON. */
export type NodeResult = StageResult | EvaluationResult | FinetuningResult | SavingResult;

export interface StageResult {
  readonly kind: 'stage';
  readonly status: CellResult['status'];
  readonly stage: StageRecord;
  /** The growth into this stage; null in the first. */
  readonly growth: GrowthRecord | null;
  /** FLOPs and seconds are counted from the stage's first step. */
  readonly curve: readonly CurvePoint[];
  readonly seconds: Omit<CellResult['seconds'], 'finetune'>;
  /** At the stage's own length, at its end; null where it diverged. */
  readonly loss: number | null;
  /** Only of training on pairs, and as `loss`. */
  readonly nsp?: NonNullable<CellResult['nsp']>;
  readonly width: EffectiveWidth | null;
  /** Where the run stands at the stage's end. */
  readonly end: StageEndState;
  readonly corpus: CellResult['corpus'];
  /** Left out where there are none. */
  readonly warnings?: readonly string[];
  /** Where it diverged: the last checkpoint before that, as a path in the folder of all nodes; absent where there is none. */
  readonly checkpoint?: string;
}

/** What a run has to remember besides its tensors. */
export interface StageEndState {
  /** Over the whole run. */
  readonly steps: number;
  /** Updates that every one of Adam's moments has seen. */
  readonly updates: number;
  /** A loss above this is divergence. */
  readonly limit: number | null;
}

export interface EvaluationResult {
  readonly kind: 'evaluation';
  readonly loss: number;
  /** Only of training on pairs. */
  readonly nsp?: NonNullable<CellResult['nsp']>;
  readonly seconds: number;
}

export interface FinetuningResult {
  readonly kind: 'finetuning';
  readonly record: TaskRecord;
  readonly warnings: readonly string[];
  readonly seconds: number;
}

export interface SavingResult {
  readonly kind: 'saving';
}
