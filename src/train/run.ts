import type { Engine } from '../engine/engine.ts';
import type { CellEvent } from '../run/record.ts';
import type { Cell } from '../run/spec.ts';
import type { PreparedCorpus } from '../text/corpus.ts';

/** What any part of a cell's training works with. */
export interface CellRun {
  readonly engine: Engine;
  readonly cell: Cell;
  readonly onEvent: (event: CellEvent) => void;
  readonly signal: AbortSignal;
}

/** What pre-training works with. */
export interface Run extends CellRun {
  readonly corpus: PreparedCorpus;
}
