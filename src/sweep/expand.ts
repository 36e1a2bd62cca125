import { DIMENSIONS } from '../growth/layout.ts';
import type { Arm, Settings } from '../run/spec.ts';
import { groupOf, listedArms, type ArmDraft } from './arms.ts';
import { betweenArms, checkArm, type CheckedArm } from './arm-check.ts';
import { comparedArms } from './compare.ts';
import { controlArms } from './controls.ts';
import { DEFAULTS } from './defaults.ts';
import { fileProblems, type Sweep } from './file-check.ts';
import { placeOf } from './place.ts';
import { dotted, type Problem } from './problem.ts';

/** The arms of a sweep in order, those of `arms` first, and everything that is wrong with them. */
export function expand(sweep: Sweep): { readonly arms: readonly Arm[]; readonly problems: readonly Problem[] } {
  const { drafts, problems } = draftArms(sweep);
  const checked = drafts.map((draft) => checkArm(draft, sweep));
  const all = [...checked, ...controls(checked, sweep)];
  const { vary = DEFAULTS.vary, compare } = sweep.input;
  // That `vary` must name the schedule is said once, not for every arm.
  const varied = compare === undefined ? vary : [...vary, 'schedule'];
  return {
    arms: all.flatMap((arm, index) => finished(arm, index === 0)),
    problems: [
      ...fileProblems(sweep),
      ...problems,
      ...all.flatMap((arm) => arm.problems),
      ...betweenArms(all, varied, sweep),
    ],
  };
}

function draftArms(sweep: Sweep): { readonly drafts: readonly ArmDraft[]; readonly problems: readonly Problem[] } {
  const { input, written, isBroken } = sweep;
  const listed = listedArms(input, isBroken);
  const compare = isBroken(['compare']) ? undefined : input.compare;
  const compared =
    compare === undefined
      ? null
      : comparedArms(compare, input.base ?? {}, fullSettings(sweep), input.arms === undefined);
  const drafts = [...listed, ...(compared?.arms ?? [])];
  const problems = (compared?.faults ?? []).map(({ at, message, hint }) => ({
    place: placeOf(written, at),
    subject: dotted(at),
    message,
    hint,
  }));
  return { drafts, problems: [...problems, ...emptiness(sweep, drafts)] };
}

function emptiness({ input, written, isBroken, isMisspelt }: Sweep, drafts: readonly ArmDraft[]): Problem[] {
  if (isBroken(['arms']) || isBroken(['compare']) || isMisspelt([])) return [];
  if (input.compare !== undefined && [...DIMENSIONS, 'compound' as const].every((key) => !input.compare?.[key])) {
    const message = `must list an operator under ${DIMENSIONS.join(', ')} or compound`;
    const place = placeOf(written, ['compare'], 'key');
    return [{ place, subject: 'compare', message, hint: 'For example `depth: [stack: 4]`.' }];
  }
  if (drafts.length > 0) return [];
  const place = placeOf(written, ['arms'], 'key');
  const hint = 'List arms under arms, or let compare make them.';
  return [{ place, subject: '', message: 'a sweep must have an arm, got none', hint }];
}

/** The controls of `compare`, which need arms that are known to be sound. */
function controls(checked: readonly CheckedArm[], sweep: Sweep): CheckedArm[] {
  const { compare, base = {} } = sweep.input;
  if (compare === undefined || sweep.isBroken(['compare'])) return [];
  const sound = checked.flatMap(({ draft, settings, problems }) =>
    draft.at[0] === 'compare' && draft.at.length > 1 && settings !== null && problems.length === 0
      ? [{ draft, settings }]
      : [],
  );
  const full = fullSettings(sweep);
  return full === null ? [] : controlArms(compare, base, full, sound).map((draft) => checkArm(draft, sweep));
}

/** The settings of the target trained from the first step; null where something is wrong with them. */
function fullSettings(sweep: Sweep): Settings | null {
  if (sweep.isBroken(['base'])) return null;
  const { settings, problems } = checkArm({ ...fullDraft, input: sweep.input.base ?? {} }, sweep);
  return problems.length > 0 ? null : settings;
}

const fullDraft: Omit<ArmDraft, 'input'> = {
  name: 'full',
  group: 'baseline',
  control: null,
  at: ['base'],
  ownPath: (setting) => ['base', ...setting],
};

function finished({ draft, settings }: CheckedArm, isFirst: boolean): Arm[] {
  if (settings === null) return [];
  const group = isFirst ? 'baseline' : (draft.group ?? groupOf(settings.schedule));
  return [{ name: draft.name, group, settings }];
}
