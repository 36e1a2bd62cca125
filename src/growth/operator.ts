import type { Dimension, ModelShape } from './layout.ts';
import type { Recipe } from './recipe.ts';

/** An operator's settings in a sweep file: plain numbers by name. */
export type OperatorSettings = Readonly<Record<string, number>>;

/** One setting of an operator, as the sweep schema and the documentation show it. */
export interface SettingRule {
  readonly type: 'integer' | 'number';
  readonly minimum: number;
  readonly description: string;
}

/** One way to make a smaller model and to grow it back, in one dimension. */
export interface GrowthOperator {
  readonly name: string;
  readonly dimension: Dimension;
  readonly summary: string;
  /** Paper, section or equation where the operator is defined. */
  readonly source: string;
  /** Bump when models grown before and after a change are not comparable. */
  readonly version: number;
  /** The grown model computes the same function of the same input. The contract test holds the operator to its word. */
  readonly preservesFunction: boolean;
  /** Every setting is required; the first one is what the short form `stack: 4` sets. */
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
   * How a model of shape `from` becomes one of shape `to`, where the two differ in this operator's dimension only.
   * `to` need not be the target: 3 -> 6 -> 12 layers are two calls.
   */
  grow(from: ModelShape, to: ModelShape): Recipe;
}
