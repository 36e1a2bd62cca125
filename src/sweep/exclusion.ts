import type { ArmDraft } from './arms.ts';
import type { CheckedArm } from './arm-check.ts';
import { holds, type Subject } from './conditions.ts';
import type { Sweep } from './file-check.ts';
import type { Condition } from './grammar.ts';
import { placeOf } from './place.ts';
import { dotted, type Problem } from './problem.ts';

/** Whether an arm is there at a point: its own `when` holds and no exclusion does, which is then noted as used. */
export function isKept({ when }: ArmDraft, subject: Subject, { input }: Sweep, used: Set<Condition>): boolean {
  const excluding = (input.exclude ?? []).filter((condition) => holds(condition, subject));
  for (const condition of excluding) used.add(condition);
  return excluding.length === 0 && holds(when, subject);
}

/** Without its baseline a comparison has nothing to compare with; where every arm is left out there is none. */
export function lostBaseline(all: readonly CheckedArm[], kept: readonly CheckedArm[], { written }: Sweep): Problem[] {
  const [baseline] = all;
  if (baseline === undefined || kept.length === 0 || kept.includes(baseline)) return [];
  const { name, at } = baseline.draft;
  const message = `must not leave out the baseline "${name}" and keep ${kept.map(({ draft }) => `"${draft.name}"`).join(', ')}`;
  const hint = 'Leave out the whole point, or neither.';
  return [{ place: placeOf(written, at, 'key'), subject: '', message, hint }];
}

/** An exclusion that leaves nothing out is most likely a mistake in a name or a value. */
export function unusedExclusions({ input, written, isBroken }: Sweep, used: ReadonlySet<Condition>): Problem[] {
  return (input.exclude ?? []).flatMap((condition, index) => {
    const path = ['exclude', index];
    if (used.has(condition) || isBroken(path)) return [];
    const hint = 'Values must be written as in the file; a key is arm, case or a setting.';
    return [
      {
        place: placeOf(written, path),
        subject: dotted(path),
        message: 'must leave out an arm, but leaves out none',
        hint,
      },
    ];
  });
}
