import type { Path } from './problem.ts';

/** `value` with `set` at `path`; what is no mapping on the way stays as it is. */
export function replaceAt(value: unknown, path: Path, set: unknown): unknown {
  const [step, ...rest] = path;
  if (step === undefined) return set;
  if (value !== undefined && !isMapping(value)) return value;
  const inner = value !== undefined && Object.hasOwn(value, step) ? value[step] : undefined;
  return { ...value, [step]: replaceAt(inner, rest, set) };
}

/** `value` without what is at `path`, which leads through mappings only. */
export function removeAt(value: unknown, path: Path): unknown {
  const [step, ...rest] = path;
  if (step === undefined || !isMapping(value) || !Object.hasOwn(value, step)) return value;
  const { [step]: inner, ...others } = value;
  return rest.length === 0 ? others : { ...value, [step]: removeAt(inner, rest) };
}

/** What is at `path`, or undefined. */
export function valueAt(value: unknown, path: Path): unknown {
  const [step, ...rest] = path;
  if (step === undefined) return value;
  return isMapping(value) && Object.hasOwn(value, step) ? valueAt(value[step], rest) : undefined;
}

export const isMapping = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
