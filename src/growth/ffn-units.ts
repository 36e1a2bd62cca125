import type { GrowthOperator, SettingRule } from './operator.ts';

/** The setting of operators whose small model has fewer FFN units, any number of them. */
export const UNITS = {
  type: 'integer',
  minimum: 1,
  description: 'FFN units of the small model',
} as const satisfies SettingRule;

/** What operators with the setting `units` first have in common. */
export const fewerUnits = {
  dimension: 'width',

  refuse: (target, { units = 0 }) =>
    units < target.ffn ? null : `units must be below the target's ${target.ffn}, got ${units}`,

  shrink: (target, { units = target.ffn }) => ({ ...target, ffn: units }),

  sizes: (target) => Array.from({ length: target.ffn - 1 }, (_, index) => target.ffn - 1 - index),
} as const satisfies Partial<GrowthOperator>;
