import { canonical, type Point } from '../run/spec.ts';
import type { Condition } from './grammar.ts';
import { valueAt } from './at-path.ts';
import type { FilledSettings } from './settings.ts';

/** What a condition is held against: an arm at a point. */
export interface Subject {
  readonly name: string;
  readonly point: Point;
  readonly filled: FilledSettings;
}

/** Whether each key of the condition (`arm`, `case` or a setting) has the value it gives, or one of those it lists. */
export function holds(condition: Condition, { name, point, filled }: Subject): boolean {
  const valueOf = (key: string): unknown => {
    if (key === 'arm') return name;
    if (key === 'case') return point['case'];
    return valueAt(filled, key.split('.'));
  };
  return Object.entries(condition).every(([key, wanted]) => {
    const value = canonical(valueOf(key) ?? null);
    const candidates: readonly unknown[] = Array.isArray(wanted) ? wanted : [wanted];
    return canonical(wanted) === value || candidates.some((candidate) => canonical(candidate) === value);
  });
}
