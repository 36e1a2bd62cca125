import { DIMENSIONS, type Dimension } from '../growth/layout.ts';
import type { Schedule } from '../growth/schedule.ts';
import type { ArmGroup } from '../run/spec.ts';
import type { Condition, Control, SettingsInput, SweepInput } from './grammar.ts';
import type { Path } from './problem.ts';
import { merge } from './settings.ts';

/** An arm before its settings are filled in and checked. */
export interface ArmDraft {
  readonly name: string;
  /** Null where its schedule decides. */
  readonly group: ArmGroup | null;
  /** `base` with the arm's own settings. */
  readonly input: SettingsInput;
  /** Set on arms that `compare` makes to hold the others against: they may end small, or take other steps. */
  readonly control: Control | null;
  /** What must hold for the arm to be there at all. */
  readonly when: Condition;
  /** Where the arm stands in the file. */
  readonly at: Path;
  /** Where a setting of the arm would stand if the arm gives it itself. */
  ownPath(setting: Path): Path;
}

/** The arms of `arms`, in order, but for those that do not fit the schema. */
export function listedArms({ base = {}, arms = {} }: SweepInput, isBroken: (at: Path) => boolean): ArmDraft[] {
  return Object.entries(arms).flatMap(([name, changes]) => {
    const at = ['arms', name];
    if (isBroken(at)) return [];
    const ownPath = (setting: Path) => [...at, ...setting];
    const { when = {}, ...settings } = changes ?? {};
    return [{ name, group: null, input: merge(base, settings), control: null, when, at, ownPath }];
  });
}

/** What an arm is about, by the dimensions in which its schedule grows. */
export function groupOf(schedule: Schedule): ArmGroup {
  const grown = DIMENSIONS.filter((dimension: Dimension) =>
    schedule.some(({ reductions }) => reductions[dimension] !== undefined),
  );
  const [only = 'other', another] = grown;
  return another === undefined ? only : 'compound';
}
