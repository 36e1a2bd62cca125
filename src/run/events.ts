import type { CellEvent, CellRecord } from './record.ts';
import type { Cell } from './spec.ts';

/** What a sweep tells while it runs, in the order in which it happens. The progress display is a fold over these. */
export type SweepEvent =
  /** Once, first. `cached` are the cells whose records were found and are not run again. */
  | {
      readonly type: 'sweep-started';
      readonly cells: readonly Cell[];
      readonly cached: readonly string[];
      readonly workers: number;
    }
  | { readonly type: 'cell-started'; readonly id: string }
  | { readonly type: 'cell-event'; readonly id: string; readonly event: CellEvent }
  /** An attempt at it failed, and it starts anew. */
  | { readonly type: 'cell-retried'; readonly id: string; readonly error: string }
  /** Another growbench process runs it. */
  | { readonly type: 'cell-elsewhere'; readonly id: string; readonly host: string; readonly pid: number }
  /** Another growbench process has run it, since this one started. */
  | { readonly type: 'cell-found'; readonly id: string; readonly record: CellRecord }
  /** Done, diverged or failed: the record says which. */
  | { readonly type: 'cell-finished'; readonly id: string; readonly record: CellRecord }
  /** Once, last. `interrupted` when the user stopped it: the same command goes on. */
  | { readonly type: 'sweep-finished'; readonly interrupted: boolean; readonly failed: number };
