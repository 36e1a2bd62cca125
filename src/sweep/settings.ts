import { DIMENSIONS } from '../growth/layout.ts';
import { defaultSettings, type OperatorSettings } from '../growth/operator.ts';
import type { GrowthPolicy, Warmup } from '../growth/policy.ts';
import { TARGET_ONLY, type Reduction, type Stage } from '../growth/schedule.ts';
import { operators } from '../growth/operators/index.ts';
import type { Settings } from '../run/spec.ts';
import { averageStepFlops, planStages } from '../run/stages.ts';
import { DEFAULTS } from './defaults.ts';
import { mergedOverrides, readOverrides } from './protocol.ts';
import {
  fraction,
  type GrowthInput,
  type ReductionInput,
  type SettingsInput,
  type Share,
  type StageInput,
} from './grammar.ts';

type Open<T, K extends keyof T> = Omit<T, K> & { readonly [P in K]: T[P] | undefined };

/** A stage whose share may be one of the steps or of the FLOPs. */
export interface FilledStage {
  readonly unit: 'steps' | 'flops';
  readonly stage: Stage;
}

/**
 * Settings as written with the defaults filled in; undefined is what the sweep does not say. Arms are compared in
 * this form: a warm-up of 10% is the same setting whatever it comes to in steps.
 */
export interface FilledSettings {
  readonly model: Open<Settings['model'], 'layers' | 'hidden' | 'heads' | 'ffn'>;
  readonly data: Settings['data'];
  readonly train: Open<Omit<Settings['train'], 'warmup'>, 'steps' | 'rate' | 'evaluate'> & {
    readonly flops: number | undefined;
    readonly warmup: number | Share;
  };
  readonly growth: Omit<GrowthPolicy, 'warmup'> & { readonly warmup: number | Share | undefined };
  readonly finetune: Settings['finetune'];
  readonly schedule: readonly FilledStage[];
}

/** `base` with an arm's changes: key by key, lists and schedules as a whole. */
export function merge(base: SettingsInput, changes: SettingsInput): SettingsInput {
  const { train, ...rest } = base;
  const { steps, flops, ...others } = train ?? {};
  const changesBudget = changes.train?.steps !== undefined || changes.train?.flops !== undefined;
  const budget = changesBudget
    ? {}
    : { ...(steps === undefined ? {} : { steps }), ...(flops === undefined ? {} : { flops }) };
  return {
    ...rest,
    ...changes,
    model: { ...base.model, ...changes.model, init: { ...base.model?.init, ...changes.model?.init } },
    data: mergedText(base.data, changes.data),
    train: { ...others, ...budget, ...changes.train },
    growth: { ...base.growth, ...changes.growth },
    finetune: { ...base.finetune, ...changes.finetune, ...mergedOverrides(base, changes) },
  };
}

/** A size alone is one of the shipped vocabulary. */
function mergedText(base: SettingsInput['data'], changes: SettingsInput['data']): NonNullable<SettingsInput['data']> {
  const { vocabulary, ...rest } = base ?? {};
  const isShipped = changes?.vocab !== undefined && changes.vocabulary === undefined;
  return { ...rest, ...(vocabulary === undefined || isShipped ? {} : { vocabulary }), ...changes };
}

/** Fills in the defaults. */
export function fill({ model = {}, data, train, growth, finetune, schedule }: SettingsInput): FilledSettings {
  const { layers, hidden, heads, ffn, positions = DEFAULTS.model.positions } = model;
  const { mask, pairs, ...text } = { ...DEFAULTS.data, ...data };
  const { overrides, examples, warmup, ...tuning } = { ...DEFAULTS.finetune, length: positions, ...finetune };
  return {
    model: {
      layers,
      hidden,
      heads,
      ffn: ffn ?? (hidden === undefined ? undefined : hidden * DEFAULTS.ffnRatio),
      positions,
      norm: model.norm ?? DEFAULTS.model.norm,
      init: { ...DEFAULTS.model.init, ...model.init },
      dropout: fraction(model.dropout ?? DEFAULTS.model.dropout),
    },
    data: {
      ...text,
      length: data?.length ?? positions,
      mask: fraction(mask),
      // Left out where there are none, so that cells from before there were any keep their names.
      ...(pairs === 'none' ? {} : { pairs }),
    },
    train: { steps: undefined, flops: undefined, rate: undefined, evaluate: undefined, ...DEFAULTS.train, ...train },
    growth: { warmup: undefined, ...DEFAULTS.growth, ...growth },
    finetune: {
      ...tuning,
      examples: examples === 'all' ? null : examples,
      warmup: fraction(warmup),
      ...(overrides === undefined ? {} : { overrides: readOverrides(overrides) }),
    },
    schedule: schedule === undefined ? TARGET_ONLY.map((stage) => ({ unit: 'steps', stage })) : schedule.map(readStage),
  };
}

function readStage(input: StageInput): FilledStage {
  const { steps, flops, growth, freeze, until } = input;
  const reductions = DIMENSIONS.flatMap((dimension) => {
    const reduction = input[dimension];
    return reduction === undefined ? [] : [[dimension, readReduction(reduction)] as const];
  });
  const stage: Stage = {
    // The schema lets no stage pass that has neither or both.
    share: fraction(steps ?? flops ?? '0%'),
    reductions: Object.fromEntries(reductions),
    ...(growth === undefined ? {} : { growth: readGrowth(growth) }),
    ...(freeze === undefined ? {} : { freeze: fraction(freeze) }),
    ...(until === undefined ? {} : { until: { ...DEFAULTS.until, ...until } }),
  };
  return { unit: steps === undefined ? 'flops' : 'steps', stage };
}

const readGrowth = ({ warmup, ...policy }: GrowthInput): Partial<GrowthPolicy> => ({
  ...policy,
  ...(warmup === undefined ? {} : { warmup: readWarmup(warmup) }),
});

const readWarmup = (warmup: number | Share): Warmup =>
  typeof warmup === 'number' ? { steps: warmup } : { share: fraction(warmup) };

/** An operator's settings in full: the short form `stack: 4` sets the first of them, defaults fill the rest. */
export function readReduction(input: ReductionInput): Reduction {
  const { operator, given } = readOperator(input);
  const known = operators.find(({ name }) => name === operator);
  return { operator, settings: { ...(known === undefined ? {} : defaultSettings(known)), ...given } };
}

/** An operator and the settings that are written for it. */
export function readOperator(input: ReductionInput): { readonly operator: string; readonly given: OperatorSettings } {
  const [operator = '', size = {}] = Object.entries(input)[0] ?? [];
  if (typeof size !== 'number') return { operator, given: size };
  const [first = ''] = Object.keys(operators.find(({ name }) => name === operator)?.settings ?? {});
  return { operator, given: { [first]: size } };
}

/** Settings ready to run, or null where something they need is not said. */
export function resolve({ model, data, train, growth, finetune, schedule }: FilledSettings): Settings | null {
  const { layers, hidden, heads, ffn } = model;
  const { steps: given, flops, rate, evaluate, warmup, ...optimizer } = train;
  if (layers === undefined || hidden === undefined || heads === undefined || ffn === undefined) return null;
  if (rate === undefined || (given ?? flops) === undefined) return null;
  const { warmup: rewarming, ...rest } = growth;
  const policy: GrowthPolicy = rewarming === undefined ? rest : { ...rest, warmup: readWarmup(rewarming) };
  const forSteps = (steps: number): Settings => ({
    model: { ...model, layers, hidden, heads, ffn },
    data,
    train: {
      ...optimizer,
      steps,
      rate,
      warmup: typeof warmup === 'number' ? warmup : Math.round(fraction(warmup) * steps),
      evaluate: evaluate ?? Math.max(1, Math.round(steps / DEFAULTS.evaluations)),
    },
    growth: policy,
    finetune,
    schedule: schedule.map(({ stage }) => stage),
  });
  const inFlops = schedule.every(({ unit }) => unit === 'flops');
  const settings = (steps: number) => (inFlops ? withStepShares(forSteps(steps)) : forSteps(steps));
  return settings(given ?? stepsFor(flops ?? 0, settings(1)));
}

/** Settings whose stages have shares of the FLOPs, with the shares of the steps that come to those. */
function withStepShares(settings: Settings): Settings {
  const { schedule } = settings;
  const weights = schedule.map(({ share }, index) => share / averageStepFlops(settings, index));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  // Of sizes that cannot be had nothing follows; they are refused later.
  if (!Number.isFinite(sum)) return settings;
  const total = schedule.reduce((shares, { share }) => shares + share, 0);
  return {
    ...settings,
    schedule: schedule.map((stage, index) => ({ ...stage, share: (total * weights[index]!) / sum })),
  };
}

/** Steps of these settings that a budget of FLOPs pays for, after the fitting of learned growth: at least one, of any. */
export function stepsFor(flops: number, settings: Settings): number {
  const fitting = planStages(settings).reduce((sum, { fit }) => sum + (fit?.flops ?? 0), 0);
  return flops === 0 ? 0 : Math.max(1, Math.round((flops - fitting) / flopsPerStep(settings)));
}

/** Training FLOPs of a step, averaged over the stages of the schedule. */
function flopsPerStep(settings: Settings): number {
  return settings.schedule.reduce((sum, { share }, index) => sum + share * averageStepFlops(settings, index), 0);
}
