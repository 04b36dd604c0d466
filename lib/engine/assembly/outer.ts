// The kernel's gradient: a sum of outer products over all rows.
//
//   out[(i * count2 + j) * run + t, c] +=
//     sum over rows p of in[row p + i * step1 + j * step2 + 4 t] * dy[p, c]
//
// For a matrix product that is transpose(in) * dy. A row p is one output pixel of
// a convolution, and its inputs lie in count1 * count2 runs of `run` neighbours,
// as in product.ts. Four neighbours are taken at a time, or five where one would
// be left over, so the result is collected in `sums` [count1 * count2 * (run filled
// up: see rowsOfRun), columns filled up to 8]; what was filled up holds numbers that
// mean nothing.
import { lane0, lane1, lane2, lane3, madd, splat } from "./simd";

/** Rows of `sums` for a run: whole fours, or whole fours and one. */
// @ts-ignore: decorator
@inline
function rowsOfRun(run: i32): i32 {
  return run > 4 && (run & 3) == 1 ? run : (run + 3) & ~3;
}

/** Adds the rows of `images` images to `sums`. */
export function outer(
  input: usize, inImage: usize, inY: usize, inX: usize,
  dy: usize, dyImage: usize, dyY: usize, dyX: usize,
  images: i32, height: i32, width: i32,
  count1: i32, step1: usize, count2: i32, step2: usize, run: i32,
  columns: i32, sums: usize,
): void {
  const rowBytes = (<usize>(columns + 7) >> 3) << 5;
  for (let n = 0; n < images; n++) {
    let to = sums;
    for (let i = 0; i < count1; i++) {
      for (let j = 0; j < count2; j++) {
        let from = input + <usize>i * step1 + <usize>j * step2;
        for (let t = 0; t < run; t += 4) {
          const five = run - t == 5;
          for (let c = 0; c < columns; c += 8) {
            const d = dy + (<usize>c << 2), sum = to + (<usize>c << 2);
            if (five) block5(from, inY, inX, d, dyY, dyX, height, width, sum, rowBytes);
            else block(from, inY, inX, d, dyY, dyX, height, width, sum, rowBytes);
          }
          from += 16;
          to += rowBytes << 2;
          if (five) {
            to += rowBytes;
            break;
          }
        }
      }
    }
    input += inImage;
    dy += dyImage;
  }
}

/** Four taps times eight columns over one image. */
function block(
  input: usize, inY: usize, inX: usize, dy: usize, dyY: usize, dyX: usize,
  height: i32, width: i32, sums: usize, rowBytes: usize,
): void {
  const s1 = sums + rowBytes, s2 = s1 + rowBytes, s3 = s2 + rowBytes;
  let c00 = v128.load(sums), c01 = v128.load(sums, 16);
  let c10 = v128.load(s1), c11 = v128.load(s1, 16);
  let c20 = v128.load(s2), c21 = v128.load(s2, 16);
  let c30 = v128.load(s3), c31 = v128.load(s3, 16);
  for (let y = 0; y < height; y++) {
    let from = input, d = dy, left = width;
    let a: v128, b0: v128, b1: v128, s: v128;
    while (left >= 4) { // four rows a turn: the loop itself costs little
      a = v128.load(from); b0 = v128.load(d); b1 = v128.load(d, 16);
      s = lane0(a); c00 = madd(s, b0, c00); c01 = madd(s, b1, c01);
      s = lane1(a); c10 = madd(s, b0, c10); c11 = madd(s, b1, c11);
      s = lane2(a); c20 = madd(s, b0, c20); c21 = madd(s, b1, c21);
      s = lane3(a); c30 = madd(s, b0, c30); c31 = madd(s, b1, c31);
      from += inX; d += dyX;
      a = v128.load(from); b0 = v128.load(d); b1 = v128.load(d, 16);
      s = lane0(a); c00 = madd(s, b0, c00); c01 = madd(s, b1, c01);
      s = lane1(a); c10 = madd(s, b0, c10); c11 = madd(s, b1, c11);
      s = lane2(a); c20 = madd(s, b0, c20); c21 = madd(s, b1, c21);
      s = lane3(a); c30 = madd(s, b0, c30); c31 = madd(s, b1, c31);
      from += inX; d += dyX;
      a = v128.load(from); b0 = v128.load(d); b1 = v128.load(d, 16);
      s = lane0(a); c00 = madd(s, b0, c00); c01 = madd(s, b1, c01);
      s = lane1(a); c10 = madd(s, b0, c10); c11 = madd(s, b1, c11);
      s = lane2(a); c20 = madd(s, b0, c20); c21 = madd(s, b1, c21);
      s = lane3(a); c30 = madd(s, b0, c30); c31 = madd(s, b1, c31);
      from += inX; d += dyX;
      a = v128.load(from); b0 = v128.load(d); b1 = v128.load(d, 16);
      s = lane0(a); c00 = madd(s, b0, c00); c01 = madd(s, b1, c01);
      s = lane1(a); c10 = madd(s, b0, c10); c11 = madd(s, b1, c11);
      s = lane2(a); c20 = madd(s, b0, c20); c21 = madd(s, b1, c21);
      s = lane3(a); c30 = madd(s, b0, c30); c31 = madd(s, b1, c31);
      from += inX; d += dyX;
      left -= 4;
    }
    while (left > 0) {
      a = v128.load(from); b0 = v128.load(d); b1 = v128.load(d, 16);
      s = lane0(a); c00 = madd(s, b0, c00); c01 = madd(s, b1, c01);
      s = lane1(a); c10 = madd(s, b0, c10); c11 = madd(s, b1, c11);
      s = lane2(a); c20 = madd(s, b0, c20); c21 = madd(s, b1, c21);
      s = lane3(a); c30 = madd(s, b0, c30); c31 = madd(s, b1, c31);
      from += inX; d += dyX;
      left--;
    }
    input += inY;
    dy += dyY;
  }
  v128.store(sums, c00); v128.store(sums, c01, 16);
  v128.store(s1, c10); v128.store(s1, c11, 16);
  v128.store(s2, c20); v128.store(s2, c21, 16);
  v128.store(s3, c30); v128.store(s3, c31, 16);
}

/** Five taps times eight columns over one image. */
function block5(
  input: usize, inY: usize, inX: usize, dy: usize, dyY: usize, dyX: usize,
  height: i32, width: i32, sums: usize, rowBytes: usize,
): void {
  const s1 = sums + rowBytes, s2 = s1 + rowBytes, s3 = s2 + rowBytes, s4 = s3 + rowBytes;
  let c00 = v128.load(sums), c01 = v128.load(sums, 16);
  let c10 = v128.load(s1), c11 = v128.load(s1, 16);
  let c20 = v128.load(s2), c21 = v128.load(s2, 16);
  let c30 = v128.load(s3), c31 = v128.load(s3, 16);
  let c40 = v128.load(s4), c41 = v128.load(s4, 16);
  for (let y = 0; y < height; y++) {
    let from = input, d = dy, left = width;
    let a: v128, b0: v128, b1: v128, s: v128;
    while (left >= 2) {
      a = v128.load(from); b0 = v128.load(d); b1 = v128.load(d, 16);
      s = lane0(a); c00 = madd(s, b0, c00); c01 = madd(s, b1, c01);
      s = lane1(a); c10 = madd(s, b0, c10); c11 = madd(s, b1, c11);
      s = lane2(a); c20 = madd(s, b0, c20); c21 = madd(s, b1, c21);
      s = lane3(a); c30 = madd(s, b0, c30); c31 = madd(s, b1, c31);
      s = splat(from + 16); c40 = madd(s, b0, c40); c41 = madd(s, b1, c41);
      from += inX; d += dyX;
      a = v128.load(from); b0 = v128.load(d); b1 = v128.load(d, 16);
      s = lane0(a); c00 = madd(s, b0, c00); c01 = madd(s, b1, c01);
      s = lane1(a); c10 = madd(s, b0, c10); c11 = madd(s, b1, c11);
      s = lane2(a); c20 = madd(s, b0, c20); c21 = madd(s, b1, c21);
      s = lane3(a); c30 = madd(s, b0, c30); c31 = madd(s, b1, c31);
      s = splat(from + 16); c40 = madd(s, b0, c40); c41 = madd(s, b1, c41);
      from += inX; d += dyX;
      left -= 2;
    }
    if (left > 0) {
      a = v128.load(from); b0 = v128.load(d); b1 = v128.load(d, 16);
      s = lane0(a); c00 = madd(s, b0, c00); c01 = madd(s, b1, c01);
      s = lane1(a); c10 = madd(s, b0, c10); c11 = madd(s, b1, c11);
      s = lane2(a); c20 = madd(s, b0, c20); c21 = madd(s, b1, c21);
      s = lane3(a); c30 = madd(s, b0, c30); c31 = madd(s, b1, c31);
      s = splat(from + 16); c40 = madd(s, b0, c40); c41 = madd(s, b1, c41);
      from += inX; d += dyX;
    }
    input += inY;
    dy += dyY;
  }
  v128.store(sums, c00); v128.store(sums, c01, 16);
  v128.store(s1, c10); v128.store(s1, c11, 16);
  v128.store(s2, c20); v128.store(s2, c21, 16);
  v128.store(s3, c30); v128.store(s3, c31, 16);
  v128.store(s4, c40); v128.store(s4, c41, 16);
}

/** Copies the valid part of `sums`, `runs` runs of `run` rows, to a matrix [runs * run, columns]. */
export function unpadSums(sums: usize, runs: i32, run: i32, columns: i32, out: usize): void {
  const rowBytes = (<usize>(columns + 7) >> 3) << 5;
  const bytes = <usize>columns << 2;
  for (let i = 0; i < runs; i++) {
    for (let t = 0; t < run; t++) {
      memory.copy(out, sums, bytes);
      out += bytes;
      sums += rowBytes;
    }
    sums += <usize>(rowsOfRun(run) - run) * rowBytes;
  }
}
