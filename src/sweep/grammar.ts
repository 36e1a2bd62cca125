import type { Dimension } from '../growth/layout.ts';
import type { GrowthPolicy, SlopeRule } from '../growth/policy.ts';
import type { Protocol } from '../run/protocol.ts';
import type { EngineName, Settings, Xla } from '../run/spec.ts';

/** A share of a whole as sweep files write it: `70%`. */
export type Share = `${number}%`;

/** Reductions by operator, one a dimension: `{ stack: 4 }` or `{ stack: { layers: 4 } }`. */
export type ReductionInput = Readonly<Record<string, number | Readonly<Record<string, number>>>>;

export type GrowthInput = Partial<Omit<GrowthPolicy, 'warmup'>> & { readonly warmup?: number | Share };

/** A stage lasts a share of the steps or of the FLOPs: one of the two is given. */
export interface StageInput extends Readonly<Partial<Record<Dimension, ReductionInput>>> {
  readonly steps?: Share;
  readonly flops?: Share;
  readonly growth?: GrowthInput;
  readonly freeze?: Share;
  readonly until?: Pick<SlopeRule, 'slope'> & Partial<SlopeRule>;
}

export type ProtocolInput = Partial<Omit<Protocol, 'examples' | 'warmup'>> & {
  readonly examples?: number | 'all';
  readonly warmup?: Share;
};

/** `base`, or the changes of an arm, once it is known to fit the schema. */
export interface SettingsInput {
  readonly model?: Partial<Omit<Settings['model'], 'init' | 'dropout'>> & {
    readonly init?: Partial<Settings['model']['init']>;
    readonly dropout?: number | Share;
  };
  readonly data?: Partial<Omit<Settings['data'], 'mask' | 'pairs'>> & {
    readonly mask?: number | Share;
    readonly pairs?: 'none' | 'nsp';
  };
  readonly train?: Partial<Omit<Settings['train'], 'warmup'>> & {
    readonly flops?: number;
    readonly warmup?: number | Share;
  };
  readonly growth?: GrowthInput;
  readonly finetune?: ProtocolInput & {
    readonly tasks?: readonly string[];
    readonly overrides?: Readonly<Record<string, ProtocolInput>>;
  };
  readonly schedule?: readonly StageInput[];
}

export const CONTROLS = ['never-grown', 'equal-flops'] as const;
export type Control = (typeof CONTROLS)[number];

/** How a compound arm at equal cost splits its saving between its operators. */
export const SPLITS = ['even', 'closest'] as const;

/** An operator with its settings, or its name alone. */
export type OperatorInput = string | ReductionInput;

/** A controlled comparison in one block: an arm for each operator, one for all of them, and controls. */
export type CompareInput = {
  readonly steps: Share;
  /** What every small model costs, as a share of the target's FLOPs a step; sizes that are not given are solved for it. */
  readonly cost?: Share;
  readonly tolerance?: Share;
  readonly split?: (typeof SPLITS)[number];
  readonly compound?: readonly OperatorInput[];
  readonly controls?: readonly Control[];
} & Readonly<Partial<Record<Dimension, readonly OperatorInput[]>>>;

/** Settings by dotted path, each with the values it takes. */
export type GridInput = Readonly<Record<string, readonly unknown[]>>;

/** What must hold of an arm at a point: `arm`, `case` and settings by dotted path, each with a value or several. */
export type Condition = Readonly<Record<string, unknown>>;

export type ArmInput = SettingsInput & { readonly when?: Condition };

/** What a case may say differently. */
export interface CaseInput {
  readonly base?: SettingsInput;
  readonly arms?: Readonly<Record<string, ArmInput | null>>;
  readonly compare?: CompareInput;
  readonly grid?: GridInput;
  readonly zip?: GridInput;
}

/** An engine by name, or the best that there is. */
export type WantedEngine = 'auto' | EngineName;

/** A sweep file that fits the schema. */
export interface SweepInput extends CaseInput {
  readonly seeds?: number | readonly number[];
  readonly vary?: readonly string[];
  readonly engine?: WantedEngine | { readonly name?: WantedEngine; readonly xla?: Xla };
  readonly cases?: Readonly<Record<string, CaseInput | null>>;
  readonly exclude?: readonly Condition[];
}

/** The fraction that a share stands for: `70%` is 0.7. */
export const fraction = (share: number | Share): number =>
  typeof share === 'number' ? share : Number(share.slice(0, -1)) / 100;
