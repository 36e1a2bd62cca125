import { canonical } from './spec.ts';

/** Paths of the settings in which two differ (`train.rate`), in the order of their names; lists count as one. */
export function changedPaths(before: unknown, now: unknown, path = ''): string[] {
  if (!isGroup(before) || !isGroup(now)) return canonicalOf(before) === canonicalOf(now) ? [] : [path];
  const keys = [...new Set([...Object.keys(before), ...Object.keys(now)])].sort();
  return keys.flatMap((key) => changedPaths(before[key], now[key], path === '' ? key : `${path}.${key}`));
}

const isGroup = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const canonicalOf = (value: unknown): string => (value === undefined ? '' : canonical(value));
