// The forward product: rows of inputs times a packed kernel.
//
//   out[p, c] = act(bias[c] + sum over i, j, t of
//     in[row p + i * step1 + j * step2 + 4 t] * kernel[(i * count2 + j) * run + t, c])
//
// A row p is one output pixel of a convolution, or one row of a matrix. Its
// inputs lie in count1 * count2 runs of `run` neighbours, so a convolution needs
// no im2col: a run is one kernel row of one window. All steps are in bytes.
import { madd, splat, storePart } from "./simd";

/** Rows that one call of the inner product handles at a time. */
const ROWS: i32 = 6;

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

/** Six rows times eight columns. */
function block(
  pointers: usize, outPointers: usize, outOffset: usize,
  b: usize, count1: i32, step1: usize, count2: i32, step2: usize, run: i32,
  valid: i32, bias: usize, act: i32,
): void {
  let c00 = f32x4.splat(0), c01 = c00, c10 = c00, c11 = c00, c20 = c00, c21 = c00;
  let c30 = c00, c31 = c00, c40 = c00, c41 = c00, c50 = c00, c51 = c00;
  const p0 = <usize>i32.load(pointers), p1 = <usize>i32.load(pointers, 4);
  const p2 = <usize>i32.load(pointers, 8), p3 = <usize>i32.load(pointers, 12);
  const p4 = <usize>i32.load(pointers, 16), p5 = <usize>i32.load(pointers, 20);
  let offset1: usize = 0;
  for (let i = 0; i < count1; i++) {
    let offset = offset1;
    for (let j = 0; j < count2; j++) {
      let o = offset;
      // One number of each row at a time: longer steps leave V8 short of registers.
      for (let t = 0; t < run; t++) {
        const b0 = v128.load(b), b1 = v128.load(b, 16);
        let a = splat(p0 + o); c00 = madd(a, b0, c00); c01 = madd(a, b1, c01);
        a = splat(p1 + o); c10 = madd(a, b0, c10); c11 = madd(a, b1, c11);
        a = splat(p2 + o); c20 = madd(a, b0, c20); c21 = madd(a, b1, c21);
        a = splat(p3 + o); c30 = madd(a, b0, c30); c31 = madd(a, b1, c31);
        a = splat(p4 + o); c40 = madd(a, b0, c40); c41 = madd(a, b1, c41);
        a = splat(p5 + o); c50 = madd(a, b0, c50); c51 = madd(a, b1, c51);
        o += 4;
        b += 32;
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
  finish(outPointers + 16, outOffset, c40, c41, low, high, valid, act);
  finish(outPointers + 20, outOffset, c50, c51, low, high, valid, act);
}

/** Adds the bias, applies the activation, stores one row. */
// @ts-ignore: decorator
@inline
function finish(
  pointer: usize, offset: usize, c0: v128, c1: v128, low: v128, high: v128, valid: i32, act: i32,
): void {
  const to = <usize>i32.load(pointer) + offset;
  c0 = f32x4.add(c0, low);
  c1 = f32x4.add(c1, high);
  if (act != 0) {
    const zero = f32x4.splat(0);
    // pmax(a, b) keeps a where b is not larger: a NaN stays a NaN.
    c0 = f32x4.pmax(c0, zero);
    c1 = f32x4.pmax(c1, zero);
    if (act == 2) {
      const six = f32x4.splat(6);
      c0 = f32x4.pmin(c0, six);
      c1 = f32x4.pmin(c1, six);
    }
  }
  if (valid == 8) {
    v128.store(to, c0);
    v128.store(to, c1, 16);
  } else {
    storePart(to, c0, c1, valid);
  }
}
