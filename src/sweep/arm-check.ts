import { canonical, type Settings } from '../run/spec.ts';
import type { ArmDraft } from './arms.ts';
import { checkpointFaults } from './checkpoint-faults.ts';
import { strays } from './control-check.ts';
import type { Sweep } from './file-check.ts';
import { firstWritten, placeOf } from './place.ts';
import { dotted, type Path, type Problem } from './problem.ts';
import { settingFaults, type Fault } from './relations.ts';
import { writtenFaults } from './stage-relations.ts';
import { fill, resolve, type FilledSettings } from './settings.ts';

/** An arm with its settings filled in, resolved (null where something is not said), and what is wrong with them. */
export interface CheckedArm {
  readonly draft: ArmDraft;
  readonly filled: FilledSettings;
  readonly settings: Settings | null;
  readonly problems: readonly Problem[];
}

/** Fills in an arm's settings and checks them by themselves. */
export function checkArm(draft: ArmDraft, sweep: Sweep): CheckedArm {
  const filled = fill(draft.input);
  const settings = resolve(filled);
  const sound =
    settings === null
      ? []
      : [...settingFaults(settings, draft.control !== null), ...checkpointFaults(settings, sweep.checkpoints)];
  const faults = [...writtenFaults(filled), ...sound];
  const problems = [...missing(filled, sweep), ...faults.map((fault) => faultProblem(fault, draft, sweep))];
  return { draft, filled, settings, problems };
}

function missing({ model, train }: FilledSettings, { written, isBroken, isMisspelt }: Sweep): Problem[] {
  const needs: readonly [section: string, values: Readonly<Record<string, unknown>>][] = [
    ['model', { layers: model.layers, hidden: model.hidden, heads: model.heads }],
    ['train', { 'steps or flops': train.steps ?? train.flops, rate: train.rate }],
  ];
  return needs.flatMap(([section, values]) => {
    const path = ['base', section];
    const names = Object.keys(values).filter((name) => values[name] === undefined);
    if (names.length === 0 || isBroken(path) || isMisspelt(path)) return [];
    const message = `must give ${names.join(' and ')}`;
    return [
      { place: placeOf(written, path, 'key'), subject: dotted(path), message, hint: 'No default would be right.' },
    ];
  });
}

/** A fault is shown where the arm itself sets one of the settings at fault, else where `base` does. */
function faultProblem({ settings, message, hint }: Fault, draft: ArmDraft, { written }: Sweep): Problem {
  const own = settings.map((setting) => draft.ownPath(setting));
  const path = firstWritten(written, [...own, ...settings.map((setting) => ['base', ...setting]), draft.at]);
  const part = path.includes('schedule') || path[0] === 'compare' ? 'key' : 'value';
  return { place: placeOf(written, path, part), subject: '', message, hint };
}

/** What is wrong between arms: names and settings that come twice, differences that the sweep does not vary. */
export function betweenArms(arms: readonly CheckedArm[], vary: readonly string[], sweep: Sweep): Problem[] {
  return arms.flatMap((arm, index) => {
    const before = arms.slice(0, index);
    const namesake = before.find(({ draft }) => draft.name === arm.draft.name);
    if (namesake !== undefined) {
      const message = `must make arms of different names, got "${arm.draft.name}" again`;
      return [atArm(arm, message, `It is made at ${dotted(namesake.draft.at)} already.`, sweep)];
    }
    const twin = before.find(({ settings }) => settings !== null && canonical(settings) === canonical(arm.settings));
    if (twin !== undefined) {
      const message = `must differ from arm "${twin.draft.name}", got the same settings`;
      return [atArm(arm, message, 'Remove one of them: they would be the same runs.', sweep)];
    }
    return index === 0 ? [] : strayProblems(arms[0]!, arm, vary, sweep);
  });
}

const atArm = ({ draft: { at } }: CheckedArm, message: string, hint: string, { written }: Sweep): Problem => ({
  place: placeOf(written, at, 'key'),
  subject: dotted(at),
  message,
  hint,
});

function strayProblems(baseline: CheckedArm, arm: CheckedArm, vary: readonly string[], sweep: Sweep): Problem[] {
  const { draft, filled } = arm;
  if (sweep.isBroken(baseline.draft.at)) return [];
  return strays(baseline.filled, filled, vary, draft.control).map((setting) => {
    const steps: Path = setting.split('.');
    const rival: Path[] = setting === 'train.steps' ? [['train', 'flops']] : [];
    const candidates = [steps, ...rival].flatMap((one) => [draft.ownPath(one), baseline.draft.ownPath(one)]);
    const path = firstWritten(sweep.written, [...candidates, draft.at]);
    return {
      place: placeOf(sweep.written, path, 'key'),
      subject: '',
      message: `arm "${draft.name}" differs from the baseline "${baseline.draft.name}" in ${setting}, which the sweep does not vary`,
      hint:
        path === draft.at
          ? `It follows another setting: give ${setting} in base, or add it to vary.`
          : `Add ${setting} to vary, or move the setting into base.`,
    };
  });
}
