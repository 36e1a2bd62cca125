import type { Settings } from './spec.ts';

/** How a task is fine-tuned. */
export interface Protocol {
  /** Training examples at most; null takes all. */
  readonly examples: number | null;
  readonly epochs: number;
  readonly batch: number;
  /** Peak learning rate, or several of which the one that scores best is kept. */
  readonly rate: number | readonly number[];
  /** Tokens of a sequence; longer texts are cut, or read in windows where the task says so. */
  readonly length: number;
  /** Share of the steps spent in linear warm-up. */
  readonly warmup: number;
  /** Runs at each rate, each with a seed of its own; one if not given. */
  readonly seeds?: number;
  /**
   * How much higher than the best text "no answer" must score to be the answer, where there may be none; `best` is the
   * threshold of the best F1 on the test examples. 0 if not given.
   */
  readonly 'null-threshold'?: number | 'best';
}

/** A protocol with everything in the plural and everything optional written out. */
export interface TaskProtocol extends Omit<Protocol, 'rate' | 'seeds' | 'null-threshold'> {
  readonly rates: readonly number[];
  readonly seeds: number;
  readonly nullThreshold: number | 'best';
}

/** How one task is fine-tuned under these settings. */
export function protocolOf({ finetune }: Pick<Settings, 'finetune'>, task: string): TaskProtocol {
  const own = { ...finetune, ...finetune.overrides?.[task] };
  const { examples, epochs, batch, rate, length, warmup, seeds = 1, 'null-threshold': nullThreshold = 0 } = own;
  const rates = typeof rate === 'number' ? [rate] : rate;
  return { examples, epochs, batch, length, warmup, rates, seeds, nullThreshold };
}
