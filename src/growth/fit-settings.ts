import type { OperatorSettings, SettingRule } from './operator.ts';

/** As many as in Wang et al. 2023. */
const STEPS = 100;

/** The settings of an operator that learns its map; `rate` suits what its matrices do. */
export const fitSettings = (rate: number) =>
  ({
    steps: {
      type: 'integer',
      minimum: 0,
      description: 'steps in which the learned matrices are fitted, before training goes on',
      default: STEPS,
    },
    rate: {
      type: 'number',
      minimum: 0,
      description: 'learning rate of the first of them; it falls to 0 in a straight line',
      default: rate,
    },
  }) as const satisfies Readonly<Record<string, SettingRule>>;

/** Steps of fitting that these settings ask for. */
export const fitSteps = ({ steps = STEPS }: OperatorSettings): number => steps;
