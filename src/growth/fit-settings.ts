import type { Fit } from './learned.ts';
import type { OperatorSettings, SettingRule } from './operator.ts';

/** The paper fits for 100 steps. Its rate is for plain SGD; this one is for Adam, which is what fits here. */
const DEFAULTS = { steps: 100, rate: 3e-3 } as const;

/** The settings of an operator that learns its map. */
export const FIT_SETTINGS = {
  steps: {
    type: 'integer',
    minimum: 0,
    description: 'steps in which the learned matrices are fitted, before training goes on',
    default: DEFAULTS.steps,
  },
  rate: {
    type: 'number',
    minimum: 0,
    description: 'learning rate of their first step; it falls to 0 in a straight line',
    default: DEFAULTS.rate,
  },
} as const satisfies Readonly<Record<string, SettingRule>>;

/** What these settings say of the fit. */
export const fitOf = ({ steps = DEFAULTS.steps, rate = DEFAULTS.rate }: OperatorSettings): Fit => ({ steps, rate });
