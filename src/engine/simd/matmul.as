// Products of float32 matrices, row-major, many at a time.

// As much of b as should be read at a time, in numbers: 64 kB stay close to the processor while a's rows go by.
const BLOCK: i32 = 16384;

/**
 * out[m, n] = a · b for `batch` matrices. a's element (i, k) lies at i * aRow + k * aColumn (in elements): so a may be
 * transposed; b is [depth, n]. A step of 0 from one matrix to the next repeats the same one. `bias`, unless it is 0, is
 * the address of n numbers that every row starts from.
 */
export function matmul(
  a: usize, b: usize, bias: usize, out: usize, batch: i32, m: i32, depth: i32, n: i32,
  aRow: i32, aColumn: i32, aStep: i32, bStep: i32,
): void {
  const block = max(32, BLOCK / n);
  for (let matrix = 0; matrix < batch; matrix++) {
    let from = bias;
    let fromRow: usize = 0;
    for (let k = 0; k < depth; k += block) {
      const left = a + ((<usize>k * aColumn) << 2);
      const right = b + ((<usize>k * n) << 2);
      product(left, right, from, fromRow, out, m, min(block, depth - k), n, <usize>aRow << 2, <usize>aColumn << 2);
      from = out;
      fromRow = <usize>n << 2;
    }
    a += <usize>aStep << 2;
    b += <usize>bStep << 2;
    out += (<usize>m * n) << 2;
  }
}

// out = a · b + what lies at `from`, `fromRow` bytes from row to row; nothing where it is 0.
function product(
  a: usize, b: usize, from: usize, fromRow: usize, out: usize, m: i32, depth: i32, n: i32, aRow: usize, aColumn: usize,
): void {
  const outRow = <usize>n << 2;
  let i = 0;
  for (; i + 4 <= m; i += 4) {
    rows4(a, b, from, fromRow, out, depth, n, aRow, aColumn);
    a += aRow * 4;
    from += fromRow * 4;
    out += outRow * 4;
  }
  for (; i < m; i++) {
    columnsFrom(0, a, b, from, out, depth, n, aColumn);
    a += aRow;
    from += fromRow;
    out += outRow;
  }
}

// Four rows by eight columns of the product stay in registers while the inner axis goes by.
function rows4(
  a: usize, b: usize, from: usize, fromRow: usize, out: usize, depth: i32, n: i32, aRow: usize, aColumn: usize,
): void {
  const nBytes = <usize>n << 2;
  let j = 0;
  for (; j + 8 <= n; j += 8) {
    const zero = f32x4.splat(0);
    let c00 = zero, c01 = zero, c10 = zero, c11 = zero, c20 = zero, c21 = zero, c30 = zero, c31 = zero;
    if (from !== 0) {
      const start = from + (<usize>j << 2);
      c00 = v128.load(start);
      c01 = v128.load(start, 16);
      c10 = v128.load(start + fromRow);
      c11 = v128.load(start + fromRow, 16);
      c20 = v128.load(start + fromRow * 2);
      c21 = v128.load(start + fromRow * 2, 16);
      c30 = v128.load(start + fromRow * 3);
      c31 = v128.load(start + fromRow * 3, 16);
    }
    let p = a;
    let q = b + (<usize>j << 2);
    for (let k = 0; k < depth; k++) {
      const b0 = v128.load(q);
      const b1 = v128.load(q, 16);
      const a0 = v128.load_splat<f32>(p);
      const a1 = v128.load_splat<f32>(p + aRow);
      const a2 = v128.load_splat<f32>(p + aRow * 2);
      const a3 = v128.load_splat<f32>(p + aRow * 3);
      c00 = f32x4.add(c00, f32x4.mul(a0, b0));
      c01 = f32x4.add(c01, f32x4.mul(a0, b1));
      c10 = f32x4.add(c10, f32x4.mul(a1, b0));
      c11 = f32x4.add(c11, f32x4.mul(a1, b1));
      c20 = f32x4.add(c20, f32x4.mul(a2, b0));
      c21 = f32x4.add(c21, f32x4.mul(a2, b1));
      c30 = f32x4.add(c30, f32x4.mul(a3, b0));
      c31 = f32x4.add(c31, f32x4.mul(a3, b1));
      p += aColumn;
      q += nBytes;
    }
    const o = out + (<usize>j << 2);
    v128.store(o, c00);
    v128.store(o, c01, 16);
    v128.store(o + nBytes, c10);
    v128.store(o + nBytes, c11, 16);
    v128.store(o + nBytes * 2, c20);
    v128.store(o + nBytes * 2, c21, 16);
    v128.store(o + nBytes * 3, c30);
    v128.store(o + nBytes * 3, c31, 16);
  }
  if (j < n) {
    for (let i: usize = 0; i < 4; i++) {
      columnsFrom(j, a + i * aRow, b, from + i * fromRow, out + i * nBytes, depth, n, aColumn);
    }
  }
}

// One row of the product, from column `j` on.
function columnsFrom(
  j: i32, a: usize, b: usize, from: usize, out: usize, depth: i32, n: i32, aColumn: usize,
): void {
  const nBytes = <usize>n << 2;
  for (; j + 4 <= n; j += 4) {
    let sum = from === 0 ? f32x4.splat(0) : v128.load(from + (<usize>j << 2));
    let p = a;
    let q = b + (<usize>j << 2);
    for (let k = 0; k < depth; k++) {
      sum = f32x4.add(sum, f32x4.mul(v128.load_splat<f32>(p), v128.load(q)));
      p += aColumn;
      q += nBytes;
    }
    v128.store(out + (<usize>j << 2), sum);
  }
  for (; j < n; j++) {
    let sum: f32 = from === 0 ? 0 : load<f32>(from + (<usize>j << 2));
    let p = a;
    let q = b + (<usize>j << 2);
    for (let k = 0; k < depth; k++) {
      sum += load<f32>(p) * load<f32>(q);
      p += aColumn;
      q += nBytes;
    }
    store<f32>(out + (<usize>j << 2), sum);
  }
}
