/** Steps, or a share (0 to 1) of the steps of the stage. */
export type Warmup = { readonly steps: number } | { readonly share: number };

/** How training goes on after a growth. */
export interface GrowthPolicy {
  /** Adam's moments: started anew, or carried over by the recipe's derived rule (growth/moments.ts). */
  readonly optimizer: 'reset' | 'carry';
  /**
   * The learning rate of the stage that follows. `restart`: a warm-up and decay of its own. `continue`: the run's one
   * warm-up and decay go on. `rewarm`: so they do, but for a climb from 0 back to them.
   */
  readonly rate: 'restart' | 'continue' | 'rewarm';
  /** Length of that warm-up or climb; absent: the share of the stage that the run's warm-up has of the run. */
  readonly warmup?: Warmup;
}

/**
 * When to leave a stage before its steps are done: as soon as the validation loss has fallen by less than `slope` nats
 * per evaluation over the last `window` evaluations of the stage.
 */
export interface SlopeRule {
  readonly slope: number;
  readonly window: number;
}

/**
 * Whether a stage whose validation losses were `losses`, one per evaluation, is to be left. The mean fall over the last
 * `window` of them, so never before there are `window` + 1. The rule is that of staged training (Shen et al. 2022,
 * section 4: grow when the loss falls too slowly for its cost); a stage's steps cost the same, and so do its evaluations.
 */
export function isFlat({ slope, window }: SlopeRule, losses: readonly number[]): boolean {
  const [last, before] = [losses.at(-1), losses.at(-1 - window)];
  return last !== undefined && before !== undefined && (before - last) / window < slope;
}
