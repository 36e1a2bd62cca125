/**
 * p values adjusted for their number by Holm's step-down method, in the order given: calling different what stays at or
 * below a level keeps the chance of any false call at that level, however the tests depend on each other (Holm 1979,
 * Scandinavian Journal of Statistics 6).
 */
export function holm(ps: readonly number[]): number[] {
  const order = ps.map((_, index) => index).sort((a, b) => ps[a]! - ps[b]!);
  const adjusted = new Array<number>(ps.length);
  let least = 0;
  for (const [rank, index] of order.entries()) {
    least = Math.max(least, Math.min(1, (ps.length - rank) * ps[index]!));
    adjusted[index] = least;
  }
  return adjusted;
}
