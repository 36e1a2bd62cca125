import { isWritten, offsetOf } from './document.ts';
import type { Override } from './override.ts';
import { isWithin, type Path, type Place } from './problem.ts';
import type { Located } from './tree.ts';

/** What a sweep was written with: the file and the `--set` options laid over it. */
export interface Written {
  readonly tree: Located;
  readonly overrides: readonly Override[];
}

/** Where the value (or the key) at `path` was written; for something missing, the nearest thing above it. */
export function placeOf({ tree, overrides }: Written, path: Path, part: 'key' | 'value' = 'value'): Place {
  const override = overrides.findLast((candidate) => isWithin(path, candidate.path));
  if (override !== undefined) return { in: 'override', option: override.option };
  return { in: 'file', offset: offsetOf(tree, path, part) };
}

/** The first of `paths` that was written at all, else the last. */
export function firstWritten({ tree, overrides }: Written, paths: readonly [...Path[], Path]): Path {
  const written = (path: Path) => overrides.some((one) => isWithin(path, one.path)) || isWritten(tree, path);
  return paths.find(written) ?? paths.at(-1)!;
}
