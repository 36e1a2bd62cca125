import { isWritten, offsetOf } from './document.ts';
import type { Override } from './override.ts';
import { isWithin, type Path, type Place } from './problem.ts';
import type { Located } from './tree.ts';

/** What a sweep was written with: the file and the `--set` options laid over it. */
export interface Written {
  readonly tree: Located;
  readonly overrides: readonly Override[];
  /** Where else what is at a path may be written, the likeliest first: in the grid, or in a case. */
  readonly aliases: (path: Path) => readonly Path[];
}

/** Where the value (or the key) at `path` was written; for something missing, the nearest thing above it. */
export function placeOf({ tree, overrides, aliases }: Written, path: Path, part: 'key' | 'value' = 'value'): Place {
  const override = overrides.findLast((candidate) => isWithin(path, candidate.path));
  if (override !== undefined) return { in: 'override', option: override.option };
  const alias = aliases(path).find((candidate) => isWritten(tree, candidate));
  return { in: 'file', offset: offsetOf(tree, alias ?? path, alias === undefined ? part : 'value') };
}

/** The first of `paths` that was written at all, else the last. */
export function firstWritten({ tree, overrides, aliases }: Written, paths: readonly [...Path[], Path]): Path {
  const written = (path: Path) =>
    overrides.some((one) => isWithin(path, one.path)) || [path, ...aliases(path)].some((one) => isWritten(tree, one));
  return paths.find(written) ?? paths.at(-1)!;
}
