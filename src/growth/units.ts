import type { Axis, ModelShape, Parameter } from './layout.ts';
import { noise, scaleAxis, take, type Expression } from './recipe.ts';

/** The small unit that each of `to` units is made from: one after the other, after the last the first again. */
export const inTurn = (from: number, to: number): number[] => Array.from({ length: to }, (_, unit) => unit % from);

/**
 * Which place of the smaller model's axis each place of the grown one is made from, or null where the axis does not
 * grow. Heads lie side by side and keep their size, so that units taken in turn are heads taken in turn. A window's
 * hidden units are taken in turn within each of its tokens.
 */
export function origins(axis: Axis, from: ModelShape, to: ModelShape): readonly number[] | null {
  switch (axis) {
    case 'hidden':
      return from.hidden === to.hidden ? null : inTurn(from.hidden, to.hidden);
    case 'ffn':
      return from.ffn === to.ffn ? null : inTurn(from.ffn, to.ffn);
    case 'window':
      return from.hidden === to.hidden ? null : tokensOf(to).flatMap((token) => inWindow(token, from, to));
    case 'vocab':
    case 'position':
    case 'segment':
    case 'rank':
    case 'continuation':
      return null;
  }
}

/** The tokens of a pooling window, by number. */
export const tokensOf = ({ pool }: ModelShape): number[] => Array.from({ length: pool?.window ?? 0 }, (_, i) => i);

const inWindow = (token: number, from: ModelShape, to: ModelShape): number[] =>
  inTurn(from.hidden, to.hidden).map((unit) => token * from.hidden + unit);

/**
 * Where the rows of a window come from if those of `first` units of every token come before those of `more` units of
 * every token: in a window they stand token by token.
 */
export const windowOrder = (tokens: readonly number[], first: number, more: number): number[] =>
  tokens.flatMap((token) => [
    ...Array.from({ length: first }, (_, unit) => token * first + unit),
    ...Array.from({ length: more }, (_, unit) => tokens.length * first + token * more + unit),
  ]);

/** One over the number of copies that each unit's origin has. */
export function shares(units: readonly number[]): number[] {
  const copies = new Map<number, number>();
  for (const unit of units) copies.set(unit, (copies.get(unit) ?? 0) + 1);
  return units.map((unit) => 1 / copies.get(unit)!);
}

/** The parameter with every grown unit that it writes (its last axis) a copy of its origin. */
export function copyOutputs(of: Expression, { axes }: Parameter, from: ModelShape, to: ModelShape): Expression {
  const axis = axes.length - 1;
  const units = origins(axes[axis]!, from, to);
  return units === null ? of : take(of, axis, units);
}

/**
 * A kernel that reads copies (its first axis): the weights of a unit are divided among its copies, so that their sum
 * is what it was, and stays so under noise of `deviation` times the root mean square. Other parameters as they are.
 */
export function splitInputs(
  of: Expression,
  { kind, axes }: Parameter,
  from: ModelShape,
  to: ModelShape,
  deviation: number,
): Expression {
  const units = kind === 'kernel' ? origins(axes[0]!, from, to) : null;
  return units === null ? of : noise(scaleAxis(take(of, 0, units), 0, shares(units)), 0, units, deviation);
}

/** Gain and bias of the norm whose output meets the token table: a copy counts in the logits as often as it is there. */
export const meetsTable = ({ leaf }: Parameter): boolean =>
  leaf === 'masked_lm/norm/gain' || leaf === 'masked_lm/norm/bias';
