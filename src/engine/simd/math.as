// Four-lane float32 functions.

// @ts-ignore: decorator
@inline
const SIGN_BIT: i32 = 0x80000000;

/** Lane-wise e^x to about 2 units in the last place: x = n ln 2 + r, a degree-6 polynomial in r (Cephes' expf), times 2^n. */
// @ts-ignore: decorator
@inline
export function exp4(argument: v128): v128 {
  const x = f32x4.min(f32x4.max(argument, f32x4.splat(-87.3)), f32x4.splat(88.0));
  const n = f32x4.nearest(f32x4.mul(x, f32x4.splat(1.44269504)));
  // ln 2 in two parts, so that n ln 2 loses nothing.
  let r = f32x4.sub(x, f32x4.mul(n, f32x4.splat(0.693359375)));
  r = f32x4.add(r, f32x4.mul(n, f32x4.splat(2.12194440e-4)));
  let p = f32x4.splat(1.9875691500e-4);
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1.3981999507e-3));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(8.3334519073e-3));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(4.1665795894e-2));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1.6666665459e-1));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(5.0000001201e-1));
  p = f32x4.add(f32x4.add(f32x4.mul(p, f32x4.mul(r, r)), r), f32x4.splat(1));
  const power = i32x4.shl(i32x4.add(i32x4.trunc_sat_f32x4_s(n), i32x4.splat(127)), 23);
  return f32x4.mul(p, power);
}

/** Lane-wise erf(x) to 5e-7, given e^(-x²): Abramowitz & Stegun 7.1.26. */
// @ts-ignore: decorator
@inline
export function erf4(x: v128, gaussian: v128): v128 {
  const t = f32x4.div(f32x4.splat(1), f32x4.add(f32x4.splat(1), f32x4.mul(f32x4.splat(0.3275911), f32x4.abs(x))));
  let p = f32x4.splat(1.061405429);
  p = f32x4.add(f32x4.mul(p, t), f32x4.splat(-1.453152027));
  p = f32x4.add(f32x4.mul(p, t), f32x4.splat(1.421413741));
  p = f32x4.add(f32x4.mul(p, t), f32x4.splat(-0.284496736));
  p = f32x4.add(f32x4.mul(p, t), f32x4.splat(0.254829592));
  const magnitude = f32x4.sub(f32x4.splat(1), f32x4.mul(f32x4.mul(p, t), gaussian));
  return v128.or(magnitude, v128.and(x, i32x4.splat(SIGN_BIT)));
}

/** The sum of the four lanes. */
// @ts-ignore: decorator
@inline
export function total4(x: v128): f32 {
  return (
    f32x4.extract_lane(x, 0) + f32x4.extract_lane(x, 1) + (f32x4.extract_lane(x, 2) + f32x4.extract_lane(x, 3))
  );
}

/** The `count` (1 to 3) floats at `source`, the lanes after them `rest`: never reads past the end of a tensor. */
// @ts-ignore: decorator
@inline
export function loadTail(source: usize, count: i32, rest: f32): v128 {
  let x = f32x4.replace_lane(f32x4.splat(rest), 0, load<f32>(source));
  if (count > 1) x = f32x4.replace_lane(x, 1, load<f32>(source, 4));
  if (count > 2) x = f32x4.replace_lane(x, 2, load<f32>(source, 8));
  return x;
}

/** Writes the first `count` (1 to 3) lanes. */
// @ts-ignore: decorator
@inline
export function storeTail(target: usize, count: i32, x: v128): void {
  store<f32>(target, f32x4.extract_lane(x, 0));
  if (count > 1) store<f32>(target, f32x4.extract_lane(x, 1), 4);
  if (count > 2) store<f32>(target, f32x4.extract_lane(x, 2), 8);
}
