import { dims, type ModelShape, type Parameter } from './layout.ts';
import { concat, copy, init, take, type Expression } from './recipe.ts';

/** A parameter of the `from` model with fresh slices after its own, along every axis that is longer in the `to` model. */
export function extended(parameter: Parameter, from: ModelShape, to: ModelShape): Expression {
  const grown = dims(parameter, to);
  let size: readonly number[] = dims(parameter, from);
  let made = copy(parameter.name);
  for (const [axis, named] of parameter.axes.entries()) {
    const [before, after] = [size[axis]!, grown[axis]!];
    if (before === after) continue;
    made = concat(axis, [made, init(parameter.kind, size.with(axis, after - before))]);
    if (named === 'window') made = take(made, axis, besideEachCell(before, after, from.hidden, to.hidden));
    size = size.with(axis, after);
  }
  return made;
}

/** Cells of a window lie side by side: every one gets its new units at its own end, out of those at the end of all. */
function besideEachCell(before: number, after: number, small: number, grown: number): number[] {
  return Array.from({ length: after }, (_, place) => {
    const [cell, unit] = [Math.floor(place / grown), place % grown];
    return unit < small ? cell * small + unit : before + cell * (grown - small) + unit - small;
  });
}
