import { stageShape, type Stage } from '../growth/schedule.ts';
import { planStages, totalFlops } from '../run/plan.ts';
import { canonical, targetShape, type Settings } from '../run/spec.ts';
import type { ArmDraft } from './arms.ts';
import type { CompareInput, Control, SettingsInput, StageInput } from './grammar.ts';
import { merge, stepsFor } from './settings.ts';

/** An arm whose settings are known to be sound. */
export interface SoundArm {
  readonly draft: ArmDraft;
  readonly settings: Settings;
}

/**
 * The controls of a `compare` block. Each follows the compound arm; without one there is a control for every operator
 * arm, those that come out equal taken together. `never-grown` trains the reference's small model to the end.
 * `equal-flops` trains the target for as many steps as the reference's FLOPs pay for, warm-up in proportion.
 */
export function controlArms(
  compare: CompareInput,
  base: SettingsInput,
  full: Settings,
  arms: readonly SoundArm[],
): ArmDraft[] {
  const compound = arms.filter(({ draft }) => draft.group === 'compound');
  const references = compound.length > 0 ? compound : arms;
  return (compare.controls ?? []).flatMap((control, index) => {
    const makers = { 'never-grown': neverGrown, 'equal-flops': equalFlops };
    const made = references.map((reference) => ({ reference, ...makers[control](base, full, reference) }));
    const distinct = made.filter(({ key }, place) => made.findIndex((other) => other.key === key) === place);
    return distinct.map(({ reference, input }): ArmDraft => {
      const at = ['compare', 'controls', index];
      const name = distinct.length === 1 ? control : `${control}-${reference.draft.name}`;
      return { name, group: 'control', input, control, when: {}, at, ownPath: () => at };
    });
  });
}

interface Made {
  readonly input: SettingsInput;
  /** Equal for controls that train the same model for as long. */
  readonly key: string;
}

function neverGrown(base: SettingsInput, _: Settings, { draft, settings }: SoundArm): Made {
  const [small] = draft.input.schedule ?? [];
  const [stage] = settings.schedule;
  if (small === undefined || stage === undefined) throw new Error(`arm ${draft.name} has no small model`);
  const only: StageInput = { ...small, steps: '100%' };
  return { input: merge(base, { schedule: [only] }), key: shapeKey(settings, stage) };
}

const shapeKey = (settings: Settings, stage: Stage): string => canonical(stageShape(targetShape(settings), stage));

function equalFlops(base: SettingsInput, full: Settings, { settings }: SoundArm): Made {
  const budget = totalFlops(planStages(settings));
  const steps = stepsFor(budget, full);
  const warmup = base.train?.warmup;
  const scaled = typeof warmup === 'number' ? { warmup: Math.round((warmup * steps) / full.train.steps) } : {};
  return { input: merge(base, { train: { steps, ...scaled } }), key: String(steps) };
}

/** The settings in which a control may differ from the baseline although `vary` does not name them. */
export const CONTROL_SETTINGS: Readonly<Record<Control, readonly string[]>> = {
  'never-grown': ['schedule'],
  'equal-flops': ['train.steps', 'train.warmup'],
};
