import { canonical } from '../run/spec.ts';
import { CONTROL_SETTINGS } from './controls.ts';
import type { Control } from './grammar.ts';
import type { FilledSettings } from './settings.ts';

/** The settings, as dotted paths, in which an arm differs from the baseline although `vary` does not name them. */
export function strays(
  baseline: FilledSettings,
  arm: FilledSettings,
  vary: readonly string[],
  control: Control | null,
): string[] {
  const allowed = [...vary, ...(control === null ? [] : CONTROL_SETTINGS[control])].map(budget);
  const [ours, theirs] = [leaves(arm), leaves(baseline)];
  const differing = [...new Set([...ours.keys(), ...theirs.keys()])].filter(
    (path) => ours.get(path) !== theirs.get(path),
  );
  return [...new Set(differing.map(budget))].filter((path) => !allowed.some((one) => covers(one, path)));
}

/** Steps and FLOPs are two ways to give one budget. */
const budget = (path: string): string => (path === 'train.flops' ? 'train.steps' : path);

const covers = (allowed: string, path: string): boolean => path === allowed || path.startsWith(`${allowed}.`);

/** Every setting by its dotted path; lists and schedules are compared as a whole. */
function leaves(value: object, prefix = ''): Map<string, string> {
  return new Map(
    Object.entries(value).flatMap(([key, item]: [string, unknown]) => {
      const nested = typeof item === 'object' && item !== null && !Array.isArray(item);
      return nested ? [...leaves(item, `${prefix}${key}.`)] : [[`${prefix}${key}`, canonical(item)] as const];
    }),
  );
}
