// Functions of single elements.
import { erf4, exp4, loadTail, storeTail, total4 } from './math';

// @ts-ignore: decorator
@inline
function gelu4(x: v128): v128 {
  const gaussian = exp4(f32x4.mul(f32x4.mul(x, x), f32x4.splat(-0.5)));
  const e = erf4(f32x4.mul(x, f32x4.splat(0.70710678118)), gaussian);
  return f32x4.mul(f32x4.mul(x, f32x4.splat(0.5)), f32x4.add(e, f32x4.splat(1)));
}

// d/dx x Φ(x) = Φ(x) + x φ(x)
// @ts-ignore: decorator
@inline
function geluSlope4(x: v128): v128 {
  const gaussian = exp4(f32x4.mul(f32x4.mul(x, x), f32x4.splat(-0.5)));
  const e = erf4(f32x4.mul(x, f32x4.splat(0.70710678118)), gaussian);
  const cumulative = f32x4.mul(f32x4.splat(0.5), f32x4.add(e, f32x4.splat(1)));
  return f32x4.add(cumulative, f32x4.mul(f32x4.mul(x, f32x4.splat(0.3989422804)), gaussian));
}

/** y = x Φ(x). */
export function gelu(x: usize, y: usize, size: i32): void {
  let i = 0;
  for (; i + 4 <= size; i += 4) v128.store(y + (<usize>i << 2), gelu4(v128.load(x + (<usize>i << 2))));
  if (i < size) storeTail(y + (<usize>i << 2), size - i, gelu4(loadTail(x + (<usize>i << 2), size - i, 0)));
}

/** dx = dy (Φ(x) + x φ(x)). */
export function geluGrad(x: usize, dy: usize, dx: usize, size: i32): void {
  let i = 0;
  for (; i + 4 <= size; i += 4) {
    const at = <usize>i << 2;
    v128.store(dx + at, f32x4.mul(v128.load(dy + at), geluSlope4(v128.load(x + at))));
  }
  if (i < size) {
    const at = <usize>i << 2;
    const slope = geluSlope4(loadTail(x + at, size - i, 0));
    storeTail(dx + at, size - i, f32x4.mul(loadTail(dy + at, size - i, 0), slope));
  }
}

/** mask[i] = 0 where the mixed bits of i fall below `threshold` (as int32), else `scale`. `key` names seed, step and site. */
export function dropoutMask(mask: usize, size: i32, key: i32, threshold: i32, scale: f32): void {
  let index = i32x4(0, 1, 2, 3);
  let i = 0;
  for (; i + 4 <= size; i += 4) {
    v128.store(mask + (<usize>i << 2), mask4(index, key, threshold, scale));
    index = i32x4.add(index, i32x4.splat(4));
  }
  if (i < size) storeTail(mask + (<usize>i << 2), size - i, mask4(index, key, threshold, scale));
}

// @ts-ignore: decorator
@inline
function mask4(index: v128, key: i32, threshold: i32, scale: f32): v128 {
  const x = mix4(v128.xor(i32x4.mul(index, i32x4.splat(0x9e3779b1)), i32x4.splat(key)));
  return v128.and(i32x4.ge_s(x, i32x4.splat(threshold)), f32x4.splat(scale));
}

// The finaliser "lowbias32" of Chris Wellons' hash-prospector.
// @ts-ignore: decorator
@inline
function mix4(value: v128): v128 {
  let x = v128.xor(value, i32x4.shr_u(value, 16));
  x = i32x4.mul(x, i32x4.splat(0x7feb352d));
  x = v128.xor(x, i32x4.shr_u(x, 15));
  x = i32x4.mul(x, i32x4.splat(0x846ca68b));
  return v128.xor(x, i32x4.shr_u(x, 16));
}

/**
 * One AdamW step (Loshchilov & Hutter 2019): m' = b1 m + (1 - b1) g s, v' = b2 v + (1 - b2) (g s)²,
 * w' = w - decay w - rate m' / (sqrt(v' / correction2) + epsilon), s the clip factor, rate over the first correction.
 */
export function adamw(
  w: usize, m: usize, v: usize, g: usize, w2: usize, m2: usize, v2: usize, size: i32,
  clip: f32, beta1: f32, beta2: f32, rate: f32, decay: f32, inverseCorrection2: f32, epsilon: f32,
): void {
  let i = 0;
  for (; i + 4 <= size; i += 4) {
    const at = <usize>i << 2;
    const gradient = f32x4.mul(v128.load(g + at), f32x4.splat(clip));
    const first = f32x4.add(f32x4.mul(v128.load(m + at), f32x4.splat(beta1)), f32x4.mul(gradient, f32x4.splat(1 - beta1)));
    const square = f32x4.mul(f32x4.mul(gradient, gradient), f32x4.splat(1 - beta2));
    const second = f32x4.add(f32x4.mul(v128.load(v + at), f32x4.splat(beta2)), square);
    const scale = f32x4.add(f32x4.sqrt(f32x4.mul(second, f32x4.splat(inverseCorrection2))), f32x4.splat(epsilon));
    const weight = v128.load(w + at);
    const kept = f32x4.sub(weight, f32x4.mul(weight, f32x4.splat(decay)));
    v128.store(w2 + at, f32x4.sub(kept, f32x4.mul(f32x4.splat(rate), f32x4.div(first, scale))));
    v128.store(m2 + at, first);
    v128.store(v2 + at, second);
  }
  for (; i < size; i++) {
    const at = <usize>i << 2;
    const gradient = load<f32>(g + at) * clip;
    const first = load<f32>(m + at) * beta1 + gradient * (1 - beta1);
    const second = load<f32>(v + at) * beta2 + gradient * gradient * (1 - beta2);
    const weight = load<f32>(w + at);
    const move = rate * (first / (sqrt<f32>(second * inverseCorrection2) + epsilon));
    store<f32>(w2 + at, weight - weight * decay - move);
    store<f32>(m2 + at, first);
    store<f32>(v2 + at, second);
  }
}

/** out[repeats, size] = a[repeats, size] + b[size]. */
export function add(a: usize, b: usize, out: usize, repeats: i32, size: i32): void {
  const bytes = <usize>size << 2;
  for (let i = 0; i < repeats; i++) {
    let at: usize = 0;
    for (; at + 16 <= bytes; at += 16) v128.store(out + at, f32x4.add(v128.load(a + at), v128.load(b + at)));
    for (; at < bytes; at += 4) store<f32>(out + at, load<f32>(a + at) + load<f32>(b + at));
    a += bytes;
    out += bytes;
  }
}

/** out[repeats, size] = a[repeats, size] b[size]. */
export function multiply(a: usize, b: usize, out: usize, repeats: i32, size: i32): void {
  const bytes = <usize>size << 2;
  for (let i = 0; i < repeats; i++) {
    let at: usize = 0;
    for (; at + 16 <= bytes; at += 16) v128.store(out + at, f32x4.mul(v128.load(a + at), v128.load(b + at)));
    for (; at < bytes; at += 4) store<f32>(out + at, load<f32>(a + at) * load<f32>(b + at));
    a += bytes;
    out += bytes;
  }
}

/** out = x factor. */
export function scale(x: usize, out: usize, size: i32, factor: f32): void {
  const by = f32x4.splat(factor);
  let i = 0;
  for (; i + 4 <= size; i += 4) v128.store(out + (<usize>i << 2), f32x4.mul(v128.load(x + (<usize>i << 2)), by));
  for (; i < size; i++) store<f32>(out + (<usize>i << 2), load<f32>(x + (<usize>i << 2)) * factor);
}

/** The sum of squares. */
export function squareSum(x: usize, size: i32): f32 {
  let sum = f32x4.splat(0);
  let i = 0;
  for (; i + 4 <= size; i += 4) {
    const value = v128.load(x + (<usize>i << 2));
    sum = f32x4.add(sum, f32x4.mul(value, value));
  }
  let result = total4(sum);
  for (; i < size; i++) result += load<f32>(x + (<usize>i << 2)) * load<f32>(x + (<usize>i << 2));
  return result;
}
