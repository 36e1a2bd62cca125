import type { ModelShape } from './layout.ts';
import type { SettingRule } from './operator.ts';
import { copy, noise, recipeFor, scaleAxis, take, type Recipe } from './recipe.ts';

/** The setting that lets copied units part. */
export const NOISE = {
  type: 'number',
  minimum: 0,
  default: 0,
  description:
    'standard deviation of what is added to the outgoing weights of copies, relative to their root mean square; ' +
    'it sums to 0 over the copies of a unit. Without it, copies have equal gradients and stay equal',
} as const satisfies SettingRule;

/**
 * Growth that makes unit u of every FFN of `to` a copy of unit `sources(layer)[u]`. Each copy's outgoing weights are
 * divided by the number of copies, so that their sum is what it was, and noise of `deviation` keeps that sum.
 */
export function copyUnits(to: ModelShape, sources: (layer: number) => readonly number[], deviation: number): Recipe {
  return recipeFor(to, ({ name, kind, axes, layer }) => {
    const axis = axes.indexOf('ffn');
    if (axis === -1 || layer === null) return copy(name);
    const units = sources(layer);
    const copied = take(copy(name), axis, units);
    const sumsOverUnits = kind === 'kernel' && axis === 0;
    return sumsOverUnits ? noise(scaleAxis(copied, axis, sharesOf(units)), axis, units, deviation) : copied;
  });
}

/** For each unit, 1 over the number of units that copy the same one. */
function sharesOf(units: readonly number[]): number[] {
  const copies = new Map<number, number>();
  for (const unit of units) copies.set(unit, (copies.get(unit) ?? 0) + 1);
  return units.map((unit) => 1 / copies.get(unit)!);
}

/** All of `few` units once, then units chosen among them at random, `many` in all; a function of `seed` and `layer`. */
export const randomCopies = (few: number, many: number, seed: number, layer: number): number[] =>
  Array.from({ length: many }, (_, unit) => (unit < few ? unit : mixed(mixed(mixed(seed) ^ layer) ^ unit) % few));

/** A 32-bit number that depends on every bit of another: the last step of MurmurHash3 (Appleby 2011). */
function mixed(number: number): number {
  let bits = number | 0;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}
