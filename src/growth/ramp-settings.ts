import type { OperatorSettings, SettingRule } from './operator.ts';

const DEFAULT = 100;

/** The setting of an operator whose new layers or units enter through a mask. */
export const RAMP_SETTING = {
  ramp: {
    type: 'integer',
    minimum: 1,
    description: 'steps after growth in which the mask of what is new rises from 0 to 1',
    default: DEFAULT,
  },
} as const satisfies Readonly<Record<string, SettingRule>>;

/** What these settings say of the ramp. */
export const rampOf = ({ ramp = DEFAULT }: OperatorSettings): number => ramp;
