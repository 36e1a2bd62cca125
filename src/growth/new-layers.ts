import { layout, type ModelShape } from './layout.ts';
import { copied } from './moments.ts';
import type { Recipe } from './recipe.ts';
import { operatorOf, stageShape, type Schedule, type Stage } from './schedule.ts';

/**
 * The layers that a growth in depth out of the stage before adds to stage `index`, ascending; none without such a
 * growth. Of the grown layers that hold numbers of one trained layer, the lowest is that layer and the others are new,
 * as are those that hold none of any. So `stack` adds the upper layers, and every second one is new where each is
 * followed by its copy. None, too, where the depths are not ones that can be had.
 */
export function newLayers(target: ModelShape, schedule: Schedule, index: number): number[] {
  const [from, to] = [schedule[index - 1], schedule[index]];
  const depth = from?.reductions.depth;
  if (from === undefined || to === undefined || depth === undefined) return [];
  const [before, after] = [depthOf(target, from), depthOf(target, to)];
  if (before === null || after === null || after.layers <= before.layers) return [];
  return withoutTrained(operatorOf(depth).grow(before, after, depth.settings), before, after);
}

/** The target, as deep as it is in a stage: other dimensions do not matter here. Null where it cannot be. */
function depthOf(target: ModelShape, { share, reductions: { depth } }: Stage): ModelShape | null {
  if (depth === undefined) return target;
  const isRefused = operatorOf(depth).refuse(target, depth.settings) !== null;
  return isRefused ? null : stageShape(target, { share, reductions: { depth } });
}

function withoutTrained(recipe: Recipe, before: ModelShape, after: ModelShape): number[] {
  const layerOf = new Map(layout(before).map(({ name, layer }) => [name, layer]));
  const placed = new Set<number>();
  return Array.from({ length: after.layers }, (_, layer) => layer).filter((layer) => {
    const own = layout(after).filter((parameter) => parameter.layer === layer);
    const sources = own.flatMap(({ name }) => copied(recipe.get(name)!)).flatMap((name) => layerOf.get(name) ?? []);
    const trained = sources.toSorted((a, b) => a - b).find((source) => !placed.has(source));
    if (trained === undefined) return true;
    placed.add(trained);
    return false;
  });
}
