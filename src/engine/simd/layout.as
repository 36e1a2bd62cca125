// Float32 matrices turned, their rows moved and added up.

/** out[columns, rows] = x[rows, columns] turned, for `batch` matrices, by 4 x 4 blocks. */
export function transpose(x: usize, out: usize, batch: i32, rows: i32, columns: i32): void {
  const xRow = <usize>columns << 2;
  const outRow = <usize>rows << 2;
  const bytes = (<usize>rows * columns) << 2;
  for (let matrix = 0; matrix < batch; matrix++) {
    let i = 0;
    for (; i + 4 <= rows; i += 4) {
      const source = x + <usize>i * xRow;
      const target = out + (<usize>i << 2);
      let j = 0;
      for (; j + 4 <= columns; j += 4) {
        const p = source + (<usize>j << 2);
        const r0 = v128.load(p), r1 = v128.load(p + xRow), r2 = v128.load(p + xRow * 2), r3 = v128.load(p + xRow * 3);
        const s0 = v128.shuffle<f32>(r0, r1, 0, 4, 1, 5), s1 = v128.shuffle<f32>(r2, r3, 0, 4, 1, 5);
        const s2 = v128.shuffle<f32>(r0, r1, 2, 6, 3, 7), s3 = v128.shuffle<f32>(r2, r3, 2, 6, 3, 7);
        const o = target + <usize>j * outRow;
        v128.store(o, v128.shuffle<f32>(s0, s1, 0, 1, 4, 5));
        v128.store(o + outRow, v128.shuffle<f32>(s0, s1, 2, 3, 6, 7));
        v128.store(o + outRow * 2, v128.shuffle<f32>(s2, s3, 0, 1, 4, 5));
        v128.store(o + outRow * 3, v128.shuffle<f32>(s2, s3, 2, 3, 6, 7));
      }
      for (; j < columns; j++) {
        for (let k = 0; k < 4; k++) {
          store<f32>(target + <usize>j * outRow + (<usize>k << 2), load<f32>(source + <usize>k * xRow + (<usize>j << 2)));
        }
      }
    }
    for (; i < rows; i++) {
      for (let j = 0; j < columns; j++) {
        store<f32>(out + <usize>j * outRow + (<usize>i << 2), load<f32>(x + <usize>i * xRow + (<usize>j << 2)));
      }
    }
    x += bytes;
    out += bytes;
  }
}

/** out[a, c, b, size] = x[a, b, c, size]: the middle axes change places, rows of `size` floats move whole. */
export function swapMiddle(x: usize, out: usize, a: i32, b: i32, c: i32, size: i32): void {
  const row = <usize>size << 2;
  for (let i = 0; i < a; i++) {
    for (let j = 0; j < b; j++) {
      for (let k = 0; k < c; k++) {
        const source = x + (<usize>((i * b + j) * c + k)) * row;
        const target = out + (<usize>((i * c + k) * b + j)) * row;
        let at: usize = 0;
        for (; at + 16 <= row; at += 16) v128.store(target + at, v128.load(source + at));
        for (; at < row; at += 4) store<f32>(target + at, load<f32>(source + at));
      }
    }
  }
}

/** out[columns] = the sum of x[rows, columns] over its rows. */
export function sumRows(x: usize, out: usize, rows: i32, columns: i32): void {
  const row = <usize>columns << 2;
  let j: usize = 0;
  for (; j + 32 <= row; j += 32) {
    let s0 = f32x4.splat(0), s1 = f32x4.splat(0);
    let p = x + j;
    for (let i = 0; i < rows; i++) {
      s0 = f32x4.add(s0, v128.load(p));
      s1 = f32x4.add(s1, v128.load(p, 16));
      p += row;
    }
    v128.store(out + j, s0);
    v128.store(out + j, s1, 16);
  }
  for (; j < row; j += 4) {
    let sum: f32 = 0;
    let p = x + j;
    for (let i = 0; i < rows; i++) {
      sum += load<f32>(p);
      p += row;
    }
    store<f32>(out + j, sum);
  }
}

/** out[ids[i]] += x[i], for rows of `size`. out must come in as zeros, ids within it. */
export function scatterAdd(x: usize, ids: usize, out: usize, count: i32, size: i32): void {
  const row = <usize>size << 2;
  for (let i = 0; i < count; i++) {
    const target = out + <usize>load<i32>(ids + (<usize>i << 2)) * row;
    let at: usize = 0;
    for (; at + 16 <= row; at += 16) v128.store(target + at, f32x4.add(v128.load(target + at), v128.load(x + at)));
    for (; at < row; at += 4) store<f32>(target + at, load<f32>(target + at) + load<f32>(x + at));
    x += row;
  }
}
