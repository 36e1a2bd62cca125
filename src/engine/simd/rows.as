// Functions of whole rows: softmax, layer normalisation, cross-entropy.
import { exp4, loadTail, storeTail, total4 } from './math';

function rowMax(x: usize, size: i32): f32 {
  let most = f32x4.splat(-Infinity);
  let j = 0;
  for (; j + 4 <= size; j += 4) most = f32x4.max(most, v128.load(x + (<usize>j << 2)));
  if (j < size) most = f32x4.max(most, loadTail(x + (<usize>j << 2), size - j, -Infinity));
  return max(
    max(f32x4.extract_lane(most, 0), f32x4.extract_lane(most, 1)),
    max(f32x4.extract_lane(most, 2), f32x4.extract_lane(most, 3)),
  );
}

// out = e^(x - shift); gives the sum of out.
function expRow(x: usize, out: usize, size: i32, shift: f32): f32 {
  const by = f32x4.splat(shift);
  let sum = f32x4.splat(0);
  let j = 0;
  for (; j + 4 <= size; j += 4) {
    const at = <usize>j << 2;
    const e = exp4(f32x4.sub(v128.load(x + at), by));
    v128.store(out + at, e);
    sum = f32x4.add(sum, e);
  }
  let result = total4(sum);
  if (j < size) {
    const at = <usize>j << 2;
    const e = exp4(f32x4.sub(loadTail(x + at, size - j, 0), by));
    storeTail(out + at, size - j, e);
    for (; j < size; j++) result += load<f32>(out + (<usize>j << 2));
  }
  return result;
}

function scaleRow(x: usize, out: usize, size: i32, factor: f32): void {
  const by = f32x4.splat(factor);
  let j = 0;
  for (; j + 4 <= size; j += 4) {
    const at = <usize>j << 2;
    v128.store(out + at, f32x4.mul(v128.load(x + at), by));
  }
  for (; j < size; j++) store<f32>(out + (<usize>j << 2), load<f32>(x + (<usize>j << 2)) * factor);
}

function dotRow(x: usize, y: usize, size: i32): f32 {
  let sum = f32x4.splat(0);
  let j = 0;
  for (; j + 4 <= size; j += 4) {
    sum = f32x4.add(sum, f32x4.mul(v128.load(x + (<usize>j << 2)), v128.load(y + (<usize>j << 2))));
  }
  let result = total4(sum);
  for (; j < size; j++) result += load<f32>(x + (<usize>j << 2)) * load<f32>(y + (<usize>j << 2));
  return result;
}

/** y = softmax of each row of x[rows, size]. */
export function softmax(x: usize, y: usize, rows: i32, size: i32): void {
  for (let i = 0; i < rows; i++) {
    scaleRow(y, y, size, 1 / expRow(x, y, size, rowMax(x, size)));
    x += <usize>size << 2;
    y += <usize>size << 2;
  }
}

/** dx = y (dy - sum(y dy)) for each row. */
export function softmaxGrad(y: usize, dy: usize, dx: usize, rows: i32, size: i32): void {
  for (let i = 0; i < rows; i++) {
    const dot = dotRow(y, dy, size);
    const by = f32x4.splat(dot);
    let j = 0;
    for (; j + 4 <= size; j += 4) {
      const at = <usize>j << 2;
      v128.store(dx + at, f32x4.mul(v128.load(y + at), f32x4.sub(v128.load(dy + at), by)));
    }
    for (; j < size; j++) {
      const at = <usize>j << 2;
      store<f32>(dx + at, load<f32>(y + at) * (load<f32>(dy + at) - dot));
    }
    y += <usize>size << 2;
    dy += <usize>size << 2;
    dx += <usize>size << 2;
  }
}

/**
 * y = softmax of each row, kept for the gradient. The row's loss is log(sums[i]) + loss[i]; the logarithm is the
 * caller's, because a good one needs a table, and a table would lie in memory that belongs to tfjs.
 */
export function crossEntropy(x: usize, labels: usize, loss: usize, sums: usize, y: usize, rows: i32, size: i32): void {
  for (let i = 0; i < rows; i++) {
    const most = rowMax(x, size);
    const sum = expRow(x, y, size, most);
    scaleRow(y, y, size, 1 / sum);
    const label = load<f32>(x + (<usize>load<i32>(labels + (<usize>i << 2)) << 2));
    store<f32>(sums + (<usize>i << 2), sum);
    store<f32>(loss + (<usize>i << 2), most - label);
    x += <usize>size << 2;
    y += <usize>size << 2;
  }
}

/** dx = dy[i] (y - onehot(labels[i])). */
export function crossEntropyGrad(y: usize, labels: usize, dy: usize, dx: usize, rows: i32, size: i32): void {
  for (let i = 0; i < rows; i++) {
    const by = load<f32>(dy + (<usize>i << 2));
    scaleRow(y, dx, size, by);
    const at = dx + (<usize>load<i32>(labels + (<usize>i << 2)) << 2);
    store<f32>(at, load<f32>(at) - by);
    y += <usize>size << 2;
    dx += <usize>size << 2;
  }
}

/** normal = (x - mean) / sqrt(variance + epsilon), y = normal * gain + bias, inverse[i] = 1 / sqrt(variance + epsilon). */
export function layerNorm(
  x: usize, gain: usize, bias: usize, y: usize, normal: usize, inverse: usize, rows: i32, size: i32, epsilon: f32,
): void {
  for (let i = 0; i < rows; i++) {
    let sum = f32x4.splat(0);
    let j = 0;
    for (; j + 4 <= size; j += 4) sum = f32x4.add(sum, v128.load(x + (<usize>j << 2)));
    let mean = total4(sum);
    for (; j < size; j++) mean += load<f32>(x + (<usize>j << 2));
    mean /= <f32>size;
    shiftRow(x, normal, size, mean);
    const scale: f32 = 1 / sqrt<f32>(dotRow(normal, normal, size) / <f32>size + epsilon);
    store<f32>(inverse + (<usize>i << 2), scale);
    const by = f32x4.splat(scale);
    for (j = 0; j + 4 <= size; j += 4) {
      const at = <usize>j << 2;
      const n = f32x4.mul(v128.load(normal + at), by);
      v128.store(normal + at, n);
      v128.store(y + at, f32x4.add(f32x4.mul(n, v128.load(gain + at)), v128.load(bias + at)));
    }
    for (; j < size; j++) {
      const at = <usize>j << 2;
      const n = load<f32>(normal + at) * scale;
      store<f32>(normal + at, n);
      store<f32>(y + at, n * load<f32>(gain + at) + load<f32>(bias + at));
    }
    const row = <usize>size << 2;
    x += row;
    y += row;
    normal += row;
  }
}

function shiftRow(x: usize, out: usize, size: i32, by: f32): void {
  let j = 0;
  for (; j + 4 <= size; j += 4) {
    const at = <usize>j << 2;
    v128.store(out + at, f32x4.sub(v128.load(x + at), f32x4.splat(by)));
  }
  for (; j < size; j++) store<f32>(out + (<usize>j << 2), load<f32>(x + (<usize>j << 2)) - by);
}

/**
 * With g = dy * gain: dx = inverse (g - mean(g) - normal mean(g normal)); gainGrad = sum over rows of dy normal,
 * biasGrad = sum over rows of dy. gainGrad and biasGrad must come in as zeros.
 */
export function layerNormGrad(
  dy: usize, normal: usize, inverse: usize, gain: usize, dx: usize, gainGrad: usize, biasGrad: usize, rows: i32, size: i32,
): void {
  const row = <usize>size << 2;
  for (let i = 0; i < rows; i++) {
    let sum = f32x4.splat(0), dot = f32x4.splat(0);
    let at: usize = 0;
    for (; at + 16 <= row; at += 16) {
      const d = v128.load(dy + at), n = v128.load(normal + at);
      v128.store(biasGrad + at, f32x4.add(v128.load(biasGrad + at), d));
      v128.store(gainGrad + at, f32x4.add(v128.load(gainGrad + at), f32x4.mul(d, n)));
      const g = f32x4.mul(d, v128.load(gain + at));
      v128.store(dx + at, g);
      sum = f32x4.add(sum, g);
      dot = f32x4.add(dot, f32x4.mul(g, n));
    }
    let mean = total4(sum), meanDot = total4(dot);
    for (; at < row; at += 4) {
      const d = load<f32>(dy + at), n = load<f32>(normal + at);
      store<f32>(biasGrad + at, load<f32>(biasGrad + at) + d);
      store<f32>(gainGrad + at, load<f32>(gainGrad + at) + d * n);
      const g = d * load<f32>(gain + at);
      store<f32>(dx + at, g);
      mean += g;
      meanDot += g * n;
    }
    mean /= <f32>size;
    meanDot /= <f32>size;
    const scale = load<f32>(inverse + (<usize>i << 2));
    for (at = 0; at + 16 <= row; at += 16) {
      const centred = f32x4.sub(v128.load(dx + at), f32x4.splat(mean));
      const along = f32x4.mul(v128.load(normal + at), f32x4.splat(meanDot));
      v128.store(dx + at, f32x4.mul(f32x4.sub(centred, along), f32x4.splat(scale)));
    }
    for (; at < row; at += 4) {
      store<f32>(dx + at, (load<f32>(dx + at) - mean - load<f32>(normal + at) * meanDot) * scale);
    }
    dy += row;
    normal += row;
    dx += row;
  }
}
