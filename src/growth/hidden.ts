import type { ModelShape } from './layout.ts';
import type { OperatorSettings, SettingRule } from './operator.ts';

/** Settings of the operators that grow the hidden size, heads and FFN together. */
export const HIDDEN_SETTINGS = {
  hidden: {
    type: 'integer',
    minimum: 1,
    description: 'hidden units of the small model: a multiple of the head size, which stays',
  },
  ffn: {
    type: 'integer',
    minimum: 0,
    default: 0,
    description: 'FFN units of the small model; 0 for the same part of the target as hidden',
  },
} as const satisfies Readonly<Record<string, SettingRule>>;

/** The setting of every operator that copies units. */
export const noiseSetting = (standard: number): SettingRule => ({
  type: 'number',
  minimum: 0,
  default: standard,
  description:
    'noise on the weights that read copies, summing to 0 over them, relative to their root mean square: ' +
    'without it copies have equal gradients and may never part',
});

const headSize = ({ hidden, heads }: ModelShape): number => hidden / heads;

const ffnOf = (target: ModelShape, { hidden = target.hidden, ffn = 0 }: OperatorSettings): number =>
  ffn === 0 ? (target.ffn * hidden) / target.hidden : ffn;

/** Why a model of `settings` cannot be grown into `target`, or null if it can. */
export function refuseHidden(target: ModelShape, settings: OperatorSettings): string | null {
  const { hidden = 0 } = settings;
  if (hidden >= target.hidden || hidden % headSize(target) !== 0) {
    return `hidden must be a multiple of the head size ${headSize(target)} below the target's ${target.hidden}, got ${hidden}`;
  }
  const ffn = ffnOf(target, settings);
  if (!Number.isInteger(ffn)) return `ffn must be given, since ${ffn} units would be in proportion to hidden`;
  return ffn <= target.ffn ? null : `ffn must not be above the target's ${target.ffn}, got ${ffn}`;
}

/** The model with the hidden size of `settings`, fewer heads of the size they had, and its FFN. */
export function shrinkHidden(target: ModelShape, settings: OperatorSettings): ModelShape {
  const { hidden = target.hidden } = settings;
  return { ...target, hidden, heads: hidden / headSize(target), ffn: ffnOf(target, settings) };
}

/** Every hidden size below the target's that is a multiple of the head size and leaves the FFN whole units. */
export function hiddenSizes(target: ModelShape): number[] {
  const below = Array.from({ length: target.heads - 1 }, (_, index) => (target.heads - 1 - index) * headSize(target));
  return below.filter((hidden) => refuseHidden(target, { hidden }) === null);
}

/** Kept where every hidden unit has as many copies as any other: layer normalisation then sees the same statistics. */
export const holdsEvenly = (from: ModelShape, to: ModelShape): boolean => to.hidden % from.hidden === 0;
