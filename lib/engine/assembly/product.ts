// The forward product: rows of inputs times a packed kernel.
//
//   out[p, c] = act(bias[c] + sum over i, j, t of
//     in[row p + i * step1 + j * step2 + 4 t] * kernel[(i * count2 + j) * run + t, c])
//
// A row p is one output pixel of a convolution, or one row of a matrix. Its
// inputs lie in count1 * count2 runs of `run` neighbours, so a convolution needs
// no im2col: a run is one kernel row of one window. All steps are in bytes.
import { activate, lane0, lane1, lane2, lane3, madd, splat, storePart } from "./simd";

/** Rows that one call of the inner product handles at a time. */
const ROWS: i32 = 4;

/** Rows whose pointers are kept in scratch; a multiple of ROWS. */
const CHUNK: i32 = 96;

/**
 * The product over images * height * width rows. `pointers` is scratch for
 * 2 * CHUNK numbers. `bias` 0: none. `act` 0: none, 1: ReLU, 2: ReLU6.
 */
export function product(
  input: usize, inImage: usize, inY: usize, inX: usize,
  images: i32, height: i32, width: i32,
  count1: i32, step1: usize, count2: i32, step2: usize, run: i32,
  panels: usize, columns: i32,
  out: usize, outImage: usize, outY: usize, outX: usize,
  bias: usize, act: i32, pointers: usize,
): void {
  const panelBytes = (<usize>(count1 * count2 * run)) << 5;
  let n = 0, y = 0, x = 0;
  let inRow = input, outRow = out; // start of row (n, y)
  let left = images * height * width;
  const outPointers = pointers + (CHUNK << 2);
  while (left > 0) {
    const count = min(CHUNK, left);
    left -= count;
    let at = inRow + <usize>x * inX, to = outRow + <usize>x * outX;
    for (let r = 0; r < count; r++) {
      i32.store(pointers + (<usize>r << 2), <i32>at);
      i32.store(outPointers + (<usize>r << 2), <i32>to);
      at += inX;
      to += outX;
      if (++x == width) {
        x = 0;
        if (++y == height) {
          y = 0;
          n++;
        }
        inRow = input + <usize>n * inImage + <usize>y * inY;
        outRow = out + <usize>n * outImage + <usize>y * outY;
        at = inRow;
        to = outRow;
      }
    }
    // The last block repeats its last row: the same numbers are stored again.
    let filled = count;
    while (filled % ROWS != 0) {
      const last = <usize>(count - 1) << 2, free = <usize>filled << 2;
      i32.store(pointers + free, i32.load(pointers + last));
      i32.store(outPointers + free, i32.load(outPointers + last));
      filled++;
    }
    let panel = panels;
    for (let c = 0; c < columns; c += 8) {
      const valid = min(8, columns - c);
      const biasHere: usize = bias != 0 ? bias + (<usize>c << 2) : 0;
      for (let r = 0; r < filled; r += ROWS) {
        block(
          pointers + (<usize>r << 2), outPointers + (<usize>r << 2), <usize>c << 2,
          panel, count1, step1, count2, step2, run, valid, biasHere, act,
        );
      }
      panel += panelBytes;
    }
  }
}

/** Four rows times eight columns, four numbers of each row at a time. */
function block(
  pointers: usize, outPointers: usize, outOffset: usize,
  b: usize, count1: i32, step1: usize, count2: i32, step2: usize, run: i32,
  valid: i32, bias: usize, act: i32,
): void {
  let c00 = f32x4.splat(0), c01 = c00, c10 = c00, c11 = c00;
  let c20 = c00, c21 = c00, c30 = c00, c31 = c00;
  const row0 = <usize>i32.load(pointers), row1 = <usize>i32.load(pointers, 4);
  const row2 = <usize>i32.load(pointers, 8), row3 = <usize>i32.load(pointers, 12);
  let offset1: usize = 0;
  for (let i = 0; i < count1; i++) {
    let offset = offset1;
    for (let j = 0; j < count2; j++) {
      let p0 = row0 + offset, p1 = row1 + offset, p2 = row2 + offset, p3 = row3 + offset;
      let b0: v128, b1: v128, s: v128;
      let left = run;
      while (left >= 4) {
        const a0 = v128.load(p0), a1 = v128.load(p1), a2 = v128.load(p2), a3 = v128.load(p3);
        b0 = v128.load(b); b1 = v128.load(b, 16);
        s = lane0(a0); c00 = madd(s, b0, c00); c01 = madd(s, b1, c01);
        s = lane0(a1); c10 = madd(s, b0, c10); c11 = madd(s, b1, c11);
        s = lane0(a2); c20 = madd(s, b0, c20); c21 = madd(s, b1, c21);
        s = lane0(a3); c30 = madd(s, b0, c30); c31 = madd(s, b1, c31);
        b0 = v128.load(b, 32); b1 = v128.load(b, 48);
        s = lane1(a0); c00 = madd(s, b0, c00); c01 = madd(s, b1, c01);
        s = lane1(a1); c10 = madd(s, b0, c10); c11 = madd(s, b1, c11);
        s = lane1(a2); c20 = madd(s, b0, c20); c21 = madd(s, b1, c21);
        s = lane1(a3); c30 = madd(s, b0, c30); c31 = madd(s, b1, c31);
        b0 = v128.load(b, 64); b1 = v128.load(b, 80);
        s = lane2(a0); c00 = madd(s, b0, c00); c01 = madd(s, b1, c01);
        s = lane2(a1); c10 = madd(s, b0, c10); c11 = madd(s, b1, c11);
        s = lane2(a2); c20 = madd(s, b0, c20); c21 = madd(s, b1, c21);
        s = lane2(a3); c30 = madd(s, b0, c30); c31 = madd(s, b1, c31);
        b0 = v128.load(b, 96); b1 = v128.load(b, 112);
        s = lane3(a0); c00 = madd(s, b0, c00); c01 = madd(s, b1, c01);
        s = lane3(a1); c10 = madd(s, b0, c10); c11 = madd(s, b1, c11);
        s = lane3(a2); c20 = madd(s, b0, c20); c21 = madd(s, b1, c21);
        s = lane3(a3); c30 = madd(s, b0, c30); c31 = madd(s, b1, c31);
        p0 += 16; p1 += 16; p2 += 16; p3 += 16;
        b += 128;
        left -= 4;
      }
      while (left > 0) {
        b0 = v128.load(b); b1 = v128.load(b, 16);
        s = splat(p0); c00 = madd(s, b0, c00); c01 = madd(s, b1, c01);
        s = splat(p1); c10 = madd(s, b0, c10); c11 = madd(s, b1, c11);
        s = splat(p2); c20 = madd(s, b0, c20); c21 = madd(s, b1, c21);
        s = splat(p3); c30 = madd(s, b0, c30); c31 = madd(s, b1, c31);
        p0 += 4; p1 += 4; p2 += 4; p3 += 4;
        b += 32;
        left--;
      }
      offset += step2;
    }
    offset1 += step1;
  }
  let low = f32x4.splat(0), high = low;
  if (bias != 0) {
    low = v128.load(bias);
    high = v128.load(bias, 16);
  }
  finish(outPointers, outOffset, c00, c01, low, high, valid, act);
  finish(outPointers + 4, outOffset, c10, c11, low, high, valid, act);
  finish(outPointers + 8, outOffset, c20, c21, low, high, valid, act);
  finish(outPointers + 12, outOffset, c30, c31, low, high, valid, act);
}

/** Adds the bias, applies the activation, stores one row. */
// @ts-ignore: decorator
@inline
function finish(
  pointer: usize, offset: usize, c0: v128, c1: v128, low: v128, high: v128, valid: i32, act: i32,
): void {
  const to = <usize>i32.load(pointer) + offset;
  c0 = activate(f32x4.add(c0, low), act);
  c1 = activate(f32x4.add(c1, high), act);
  if (valid == 8) {
    v128.store(to, c0);
    v128.store(to, c1, 16);
  } else {
    storePart(to, c0, c1, valid);
  }
}
