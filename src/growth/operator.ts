import type { Dimension, ModelShape } from './layout.ts';
import type { Recipe } from './recipe.ts';

/** An operator's settings in a sweep file: plain numbers by name. */
export type OperatorSettings = Readonly<Record<string, number>>;

/** One setting of an operator, as the sweep schema and the documentation show it. */
export interface SettingRule {
  readonly type: 'integer' | 'number';
  readonly minimum: number;
  readonly description: string;
  /** What holds where a sweep file does not say; without it the setting is required. */
  readonly default?: number;
}

/** When growing keeps the function that the model computes. */
export interface Preservation {
  /** For tables: `yes`, `no`, or the condition, as in `in pre-norm`. */
  readonly claim: string;
  /** Decides for one growth. The contract test holds the operator to its word, either way. */
  readonly holds: (from: ModelShape, to: ModelShape) => boolean;
}

export const ALWAYS: Preservation = { claim: 'yes', holds: () => true };
export const NEVER: Preservation = { claim: 'no', holds: () => false };

/** One way to make a smaller model and to grow it back, in one dimension. */
export interface GrowthOperator {
  readonly name: string;
  readonly dimension: Dimension;
  readonly summary: string;
  /** Paper, section or equation where the operator is defined. */
  readonly source: string;
  /** Bump when models grown before and after a change are not comparable. */
  readonly version: number;
  /** Whether the grown model computes the same function of the same input. */
  readonly preservation: Preservation;
  /** The first one is what the short form `stack: 4` sets; it has no default, the others may have one. */
  readonly settings: Readonly<Record<string, SettingRule>>;
  /** Settings that shrink the contract tests' model (4 layers, FFN 16, length 12). */
  readonly example: OperatorSettings;
  /**
   * Why `settings` cannot shrink `target`, in words that follow "depth: stack: ", or null if it can.
   * Called before `shrink`, which may then assume that the sizes fit.
   */
  refuse(target: ModelShape, settings: OperatorSettings): string | null;
  /** The shape to train before growth; growing it ends at `target`. */
  shrink(target: ModelShape, settings: OperatorSettings): ModelShape;
  /**
   * Every value of the first setting with which `target` can be shrunk, the others at their defaults, from the
   * largest model to the smallest: what a comparison at equal cost chooses from.
   */
  sizes(target: ModelShape): number[];
  /**
   * How a model of shape `from` becomes one of shape `to`, where the two differ in this operator's dimension only.
   * `to` need not be the target: 3 -> 6 -> 12 layers are two calls. `settings` are those that made `from` small.
   */
  grow(from: ModelShape, to: ModelShape, settings: OperatorSettings): Recipe;
  /** Steps in which the learned matrices of its recipes are fitted; operators without any leave it out. */
  readonly fit?: (settings: OperatorSettings) => number;
  /** Steps in which what is new enters through a mask (growth/entering.ts); left out where it is there at once. */
  readonly ramp?: (settings: OperatorSettings) => number;
}

/** The settings that a sweep file need not give. */
export function defaultSettings({ settings }: GrowthOperator): OperatorSettings {
  return Object.fromEntries(
    Object.entries(settings).flatMap(([name, rule]) => (rule.default === undefined ? [] : [[name, rule.default]])),
  );
}
