import type { CellEvent, CellRecord } from './record.ts';
import type { WorkNode } from './node.ts';
import type { Cell } from './spec.ts';

/** A node as it is told of: what it is, for whom, and how much there is to do. */
export interface NodeInfo {
  readonly node: WorkNode;
  /** Ids of the cells that need it, in the plan's order; the first is the one that it is shown under. */
  readonly cells: readonly string[];
  /** FLOPs; of fine-tuning an estimate. */
  readonly work: number;
}

/** What a sweep tells while it runs, in the order in which it happens. The progress display is a fold over these. */
export type SweepEvent =
  /** Once, first. `cached` are the cells whose records were found and are not run again. */
  | {
      readonly type: 'sweep-started';
      readonly cells: readonly Cell[];
      readonly cached: readonly string[];
      /** All that the other cells need. */
      readonly nodes: readonly NodeInfo[];
      /** Addresses of those that were found done. */
      readonly done: readonly string[];
      readonly workers: number;
    }
  | { readonly type: 'node-started'; readonly address: string }
  | { readonly type: 'node-event'; readonly address: string; readonly event: CellEvent }
  /** An attempt at it failed, and it starts anew. */
  | { readonly type: 'node-retried'; readonly address: string; readonly error: string }
  /** Another growbench process runs it. */
  | { readonly type: 'node-elsewhere'; readonly address: string; readonly host: string; readonly pid: number }
  /** Another growbench process has run it, since this one started. */
  | { readonly type: 'node-found'; readonly address: string }
  | { readonly type: 'node-finished'; readonly address: string; readonly error: string | null }
  /** Another growbench process has finished the cell, since this one started. */
  | { readonly type: 'cell-found'; readonly id: string; readonly record: CellRecord }
  /** Done, diverged or failed: the record says which. */
  | { readonly type: 'cell-finished'; readonly id: string; readonly record: CellRecord }
  /** Once, last. `interrupted` when the user stopped it: the same command goes on. */
  | { readonly type: 'sweep-finished'; readonly interrupted: boolean; readonly failed: number };
