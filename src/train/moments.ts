import type { HostTensors } from '../engine/engine.ts';
import type { ModelShape } from '../growth/layout.ts';
import { momentRecipe } from '../growth/moments.ts';
import type { Recipe } from '../growth/recipe.ts';
import { firstMoment, freshMoments, secondMoment } from './adamw.ts';
import { applyRecipe } from './grow.ts';
import type { Fresh } from './init.ts';

/** Adam's moments of the grown model, carried over from those of a model of shape `from` in `state`. */
export function grownMoments(recipe: Recipe, from: ModelShape, state: HostTensors, fresh: Fresh): HostTensors {
  return new Map([
    ...carried(momentRecipe(recipe, from, 1), state, firstMoment, fresh),
    ...carried(momentRecipe(recipe, from, 2), state, secondMoment, fresh),
  ]);
}

function carried(recipe: Recipe, state: HostTensors, rename: (name: string) => string, fresh: Fresh): HostTensors {
  const names = [...state.keys()].filter((name) => state.has(rename(name)));
  const moments = new Map(names.map((name) => [name, state.get(rename(name))!]));
  return new Map([...applyRecipe(recipe, moments, fresh)].map(([name, tensor]) => [rename(name), tensor]));
}

/**
 * The grown model's whole state: its parameters, and moments carried over or started anew. `fitted` are the parameters
 * where they are known already, from a learned growth.
 */
export function grownState(
  recipe: Recipe,
  from: ModelShape,
  state: HostTensors,
  optimizer: 'reset' | 'carry',
  fresh: Fresh,
  fitted: HostTensors | null = null,
): HostTensors {
  const parameters = fitted ?? applyRecipe(recipe, state, fresh);
  const moments = optimizer === 'carry' ? grownMoments(recipe, from, state, fresh) : freshMoments(parameters);
  return new Map([...parameters, ...moments]);
}
