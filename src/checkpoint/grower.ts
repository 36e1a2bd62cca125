import type { ModelShape } from '../growth/layout.ts';
import type { Sizes } from '../growth/sizes.ts';

/** A growth of a checkpoint that is wanted. */
export interface GrowRequest {
  /** The checkpoint's folder, and the one for the grown model. */
  readonly folder: string;
  readonly out: string;
  readonly operators: readonly string[];
  readonly sizes: Sizes;
  /** For numbers that growth draws. */
  readonly seed: number;
  /** Null where no loss is wanted. */
  readonly measure: Measurement | null;
  readonly signal: AbortSignal;
  readonly onEvent: (event: GrowEvent) => void;
}

export interface Measurement {
  /** A file of text, as data.corpus takes it; null for the validation text of the shipped corpora. */
  readonly text: string | null;
  readonly engine: MeasuringEngine;
}

/** The engine that a loss is measured on, as it was settled. */
export interface MeasuringEngine {
  readonly name: 'wasm' | 'tensorflow' | 'cuda';
  /** The main module of the tfjs-node to load; null for the embedded engine. */
  readonly entry: string | null;
  readonly why: string;
}

/** What a growth tells while it runs. */
export type GrowEvent =
  | { readonly type: 'read'; readonly leftOut: readonly string[]; readonly missing: readonly string[] }
  | { readonly type: 'engine'; readonly name: string; readonly device: string; readonly why: string }
  | { readonly type: 'measured'; readonly when: 'before' | 'after'; readonly loss: number };

/** What became of a growth. */
export interface GrowReport {
  readonly from: ModelShape;
  readonly to: ModelShape;
  /** Trainable numbers; those of a masked-LM head that the checkpoint lacks are not counted. */
  readonly parameters: { readonly before: number; readonly after: number };
  readonly operators: readonly { readonly name: string; readonly keepsFunction: boolean }[];
  /** Mean masked-LM loss in nats per masked token on the same batches; null where none was measured. */
  readonly loss: MeasuredLoss | null;
  /** Why no loss was measured, in words for people; null where one was. */
  readonly unmeasured: string | null;
  readonly out: string;
}

export interface MeasuredLoss {
  readonly before: number;
  readonly after: number;
  /** Masked tokens behind it, and the length of the sequences that they stand in. */
  readonly tokens: number;
  readonly length: number;
  readonly text: string;
  readonly engine: string;
}

/**
 * Grows a checkpoint; handed to the command line, which never loads the model's code itself. Rejects with a UserError
 * on the user's mistakes, and with `signal.reason` when stopped; then nothing is written.
 */
export type Grower = (request: GrowRequest) => Promise<GrowReport>;
