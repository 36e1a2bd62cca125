import type { EffectiveWidth } from '../growth/effective-width.ts';
import type { ModelShape } from '../growth/layout.ts';
import type { NodeResult, NodeWork } from './node.ts';
import type { Cell } from './spec.ts';

/** A point of the validation curve: the loss after so many steps, FLOPs and seconds of training. */
export interface CurvePoint {
  readonly step: number;
  readonly flops: number;
  readonly seconds: number;
  readonly loss: number;
}

export interface StageRecord {
  readonly shape: ModelShape;
  readonly steps: number;
  /** Training FLOPs of the stage, counted by formula (growth/flops.ts). */
  readonly flops: number;
  /** Time of the training steps alone. */
  readonly seconds: number;
}

/** A growth; validation loss in nats per masked token just before and just after it, on the same batches. */
export interface GrowthRecord {
  readonly afterStage: number;
  readonly step: number;
  readonly before: number;
  readonly after: number;
  /** Units that differ, just before and just after. */
  readonly width: { readonly before: EffectiveWidth; readonly after: EffectiveWidth };
  /** Only where the growth was learned. Its cost is in the run's FLOPs and training time. */
  readonly fit?: FitRecord;
}

/** The fitting of a learned growth (growth/learned.ts). */
export interface FitRecord {
  readonly steps: number;
  readonly flops: number;
  readonly seconds: number;
  /** Validation loss of the grown model with what is learned as it starts; fitted, it is the growth's `after`. */
  readonly unfitted: number;
}

export interface TaskRecord {
  readonly version: number;
  /** By metric name, 0 to 1 or the metric's own range; of several seeds the median. One that is undefined is not there. */
  readonly metrics: Readonly<Record<string, number>>;
  readonly seconds: number;
  /** Where there were several runs: the peak rate of those that count, and all runs. */
  readonly rate?: number;
  readonly runs?: readonly TaskRun[];
  /**
   * Only where it was chosen by the answers that are scored: how much higher than the best text "no answer" had to score
   * to be the answer. Of several runs that of the one whose predictions are kept (train/task-runs.ts#typicalRun).
   */
  readonly nullThreshold?: number;
  /** Sample standard deviation of every metric over the seeds, where there were several. */
  readonly spread?: Readonly<Record<string, number>>;
}

/** One of several fine-tunings of a model on a task. */
export interface TaskRun {
  readonly rate: number;
  readonly seed: number;
  readonly metrics: Readonly<Record<string, number>>;
  /** As in the record. */
  readonly nullThreshold?: number;
}

/** What training a cell yields. Plain JSON; no times of day, no machine: those are added by whoever ran it. */
export interface CellResult {
  readonly status: 'done' | 'diverged';
  /** Final validation loss; null where the run diverged. */
  readonly loss: number | null;
  /** Only of sentence pairs: the share (0 to 1) of validation pairs whose continuation is told from other text at the end. */
  readonly nsp?: { readonly accuracy: number };
  readonly steps: number;
  readonly flops: number;
  /** Time of the training steps, and of fitting what a growth learns; compiling, growing and evaluating are kept apart. */
  readonly seconds: {
    readonly train: number;
    readonly compile: number;
    readonly evaluate: number;
    readonly finetune: number;
  };
  readonly stages: readonly StageRecord[];
  readonly growths: readonly GrowthRecord[];
  readonly curve: readonly CurvePoint[];
  /** Units that differ at the end; null where the run diverged. */
  readonly width: EffectiveWidth | null;
  readonly tasks: Readonly<Record<string, TaskRecord>>;
  /** What made up the pre-training text; runs on different text are not comparable. */
  readonly corpus: { readonly digest: string; readonly trainTokens: number; readonly validationTokens: number };
  /** Where it diverged: the last checkpoint before that, in the folder `.nodes`; absent where there is none. */
  readonly checkpoint?: string;
  readonly warnings: readonly string[];
}

/** What carried out the training. */
export interface EngineRecord {
  readonly name: string;
  readonly device: string;
  /** By package: all that can change a number. */
  readonly versions: Readonly<Record<string, string>>;
  /** Why this engine and not another. */
  readonly why: string;
  /** Of one worker. The last bits of a number can depend on how many share its sums. */
  readonly threads: number;
  /** Whether the same cell gives the same bits again, on this engine and as many threads. */
  readonly repeatable: boolean;
}

/** What a cell leaves behind: one JSON file; every table is a projection of these. */
export interface CellRecord {
  readonly format: 1;
  readonly cell: Cell;
  /** Null where the cell failed; then `error` says why. */
  readonly result: CellResult | null;
  readonly error: string | null;
  readonly engine: EngineRecord | null;
  readonly machine: { readonly cpu: string; readonly cores: number; readonly node: string; readonly platform: string };
  readonly started: string;
  readonly finished: string;
  /** All that were made at it, the one that gave this record last; absent in records made before attempts were kept. */
  readonly attempts?: readonly Attempt[];
}

/** One try at a part of a cell. Times are UTC, ISO 8601, by the clock of its host. */
export interface Attempt {
  /** Which part of the cell it was at; absent in records made before cells had parts. */
  readonly node?: string;
  readonly host: string;
  readonly pid: number | null;
  readonly started: string;
  /** Null where nobody saw the end. */
  readonly finished: string | null;
  /** `killed`: its worker by a signal; `died`: its worker by itself; `lost`: the whole sweep, its worker with it. */
  readonly end: 'done' | 'failed' | 'died' | 'killed' | 'interrupted' | 'lost';
  readonly why: string | null;
}

/** What a worker prepares while it fits what a growth learns: a part of the training, unlike all else that it prepares. */
export const FITTING = 'fitting the growth';

/** What a cell tells while it runs. */
export type CellEvent =
  | ({ readonly type: 'engine' } & EngineRecord)
  | { readonly type: 'prepare'; readonly what: string; readonly done: number; readonly of: number }
  | { readonly type: 'stage'; readonly stage: number; readonly of: number; readonly shape: ModelShape }
  | { readonly type: 'step'; readonly step: number; readonly of: number; readonly loss: number }
  | { readonly type: 'evaluate'; readonly step: number; readonly loss: number }
  | { readonly type: 'grow'; readonly growth: GrowthRecord }
  | {
      readonly type: 'finetune';
      readonly task: string;
      readonly step: number;
      readonly of: number;
      readonly loss: number;
      /** Share of the node's work that is done, from 0 to 1; what follows the steps is part of it. */
      readonly share: number;
    }
  | {
      /** A fine-tuned model answers examples, a batch at a time. */
      readonly type: 'predict';
      readonly task: string;
      /** Batches of this run. */
      readonly done: number;
      readonly of: number;
      /** As of `finetune`. */
      readonly share: number;
    }
  | { readonly type: 'score'; readonly task: string; readonly metrics: Readonly<Record<string, number>> };

/** The folders that a trainer works with. */
export interface TrainerContext {
  /** For what can be made again: token shards, vocabularies. */
  readonly cache: string;
  /** For pre-trained models, each in a folder named by its cell's id; null where none is to be saved. */
  readonly models: string | null;
  /** Where nodes leave their states and checkpoints, each in a folder named by its address. */
  readonly nodes: string;
  /** Seconds between two checkpoints of a node. */
  readonly checkpointEvery: number;
  /** For predictions, those of each cell in a folder named by its id; null where none are to be kept. */
  readonly predictions: string | null;
}

/** The seam between orchestration and training: plans and numbers cross it, tensors do not. */
export interface Trainer {
  /** Leaves the state of a stage in the node's folder before it resolves. Rejects with `signal.reason` when stopped. */
  run(
    work: NodeWork,
    context: TrainerContext,
    onEvent: (event: CellEvent) => void,
    signal: AbortSignal,
  ): Promise<NodeResult>;
}
