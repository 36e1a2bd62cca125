import type { Dimension } from '../growth/layout.ts';
import type { EngineName, Settings, Xla } from '../run/spec.ts';

/** A share of a whole as sweep files write it: `70%`. */
export type Share = `${number}%`;

/** Reductions by operator, one a dimension: `{ stack: 4 }` or `{ stack: { layers: 4 } }`. */
export type ReductionInput = Readonly<Record<string, number | Readonly<Record<string, number>>>>;

export type StageInput = { readonly steps: Share } & Readonly<Partial<Record<Dimension, ReductionInput>>>;

/** `base`, or the changes of an arm, once it is known to fit the schema. */
export interface SettingsInput {
  readonly model?: Partial<Omit<Settings['model'], 'init' | 'dropout'>> & {
    readonly init?: Partial<Settings['model']['init']>;
    readonly dropout?: number | Share;
  };
  readonly data?: Partial<Omit<Settings['data'], 'mask'>> & { readonly mask?: number | Share };
  readonly train?: Partial<Omit<Settings['train'], 'warmup'>> & {
    readonly flops?: number;
    readonly warmup?: number | Share;
  };
  readonly growth?: Partial<Settings['growth']>;
  readonly finetune?: Partial<Omit<Settings['finetune'], 'examples' | 'warmup'>> & {
    readonly examples?: number | 'all';
    readonly warmup?: Share;
  };
  readonly schedule?: readonly StageInput[];
}

export const CONTROLS = ['never-grown', 'equal-flops'] as const;
export type Control = (typeof CONTROLS)[number];

/** A controlled comparison in one block: an arm for each operator, one for all of them, and controls. */
export type CompareInput = {
  readonly steps: Share;
  /** An operator listed above, by name, or an operator with its size. */
  readonly compound?: readonly (string | ReductionInput)[];
  readonly controls?: readonly Control[];
} & Readonly<Partial<Record<Dimension, readonly ReductionInput[]>>>;

/** An engine by name, or the best that there is. */
export type WantedEngine = 'auto' | EngineName;

/** A sweep file that fits the schema. */
export interface SweepInput {
  readonly seeds?: number | readonly number[];
  readonly vary?: readonly string[];
  readonly engine?: WantedEngine | { readonly name?: WantedEngine; readonly xla?: Xla };
  readonly base?: SettingsInput;
  readonly arms?: Readonly<Record<string, SettingsInput | null>>;
  readonly compare?: CompareInput;
}

/** The fraction that a share stands for: `70%` is 0.7. */
export const fraction = (share: number | Share): number =>
  typeof share === 'number' ? share : Number(share.slice(0, -1)) / 100;
