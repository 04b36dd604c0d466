// Winograd's transforms of one tile; see winograd.ts.
import { add, sub } from "./simd";

/** B^T d B of one tile. */
export function transformInput(from: usize, row: usize, channels: i32, to: usize): void {
  const pixel = <usize>channels << 2;
  const rowTo = pixel << 2;
  const row2 = row + row, row3 = row2 + row;
  for (let c = 0; c < channels; c += 4) {
    inputRow(from, from + row2, false, pixel, to);
    inputRow(from + row, from + row2, true, pixel, to + rowTo);
    inputRow(from + row2, from + row, false, pixel, to + rowTo + rowTo);
    inputRow(from + row, from + row3, false, pixel, to + rowTo + rowTo + rowTo);
    from += 16;
    to += 16;
  }
}

/** One row of it: the sum or difference of two rows of d, times B. */
// @ts-ignore: decorator
@inline
function inputRow(a: usize, b: usize, plus: bool, pixel: usize, to: usize): void {
  const p2 = pixel + pixel, p3 = p2 + pixel;
  const a0 = v128.load(a), a1 = v128.load(a + pixel), a2 = v128.load(a + p2), a3 = v128.load(a + p3);
  const b0 = v128.load(b), b1 = v128.load(b + pixel), b2 = v128.load(b + p2), b3 = v128.load(b + p3);
  const t0 = plus ? add(a0, b0) : sub(a0, b0), t1 = plus ? add(a1, b1) : sub(a1, b1);
  const t2 = plus ? add(a2, b2) : sub(a2, b2), t3 = plus ? add(a3, b3) : sub(a3, b3);
  v128.store(to, sub(t0, t2));
  v128.store(to + pixel, add(t1, t2));
  v128.store(to + p2, sub(t2, t1));
  v128.store(to + p3, sub(t1, t3));
}

// @ts-ignore: decorator
@inline
function finish(v: v128, bias: v128, act: i32): v128 {
  v = add(v, bias);
  if (act != 0) {
    v = f32x4.pmax(v, f32x4.splat(0));
    if (act == 2) v = f32x4.pmin(v, f32x4.splat(6));
  }
  return v;
}

/** A^T m A of one tile, with bias and activation; `right`, `below`: is there more? */
export function transformOutput(
  m: usize, channels: i32, to: usize, row: usize, right: bool, below: bool, bias: usize, act: i32,
): void {
  const pixel = <usize>channels << 2, rowFrom = pixel << 2;
  const p2 = pixel + pixel, p3 = p2 + pixel;
  for (let c = 0; c < channels; c += 4) {
    const b = bias != 0 ? v128.load(bias + (<usize>c << 2)) : f32x4.splat(0);
    const m1 = m + rowFrom, m2 = m1 + rowFrom, m3 = m2 + rowFrom;
    let s0 = sum3(m, m1, m2, 0), s1 = sum3(m, m1, m2, pixel);
    let s2 = sum3(m, m1, m2, p2), s3 = sum3(m, m1, m2, p3);
    v128.store(to, finish(add(add(s0, s1), s2), b, act));
    if (right) v128.store(to + pixel, finish(sub(sub(s1, s2), s3), b, act));
    if (below) {
      s0 = difference3(m1, m2, m3, 0); s1 = difference3(m1, m2, m3, pixel);
      s2 = difference3(m1, m2, m3, p2); s3 = difference3(m1, m2, m3, p3);
      v128.store(to + row, finish(add(add(s0, s1), s2), b, act));
      if (right) v128.store(to + row + pixel, finish(sub(sub(s1, s2), s3), b, act));
    }
    m += 16;
    to += 16;
  }
}

// @ts-ignore: decorator
@inline
function sum3(a: usize, b: usize, c: usize, at: usize): v128 {
  return add(add(v128.load(a + at), v128.load(b + at)), v128.load(c + at));
}

// @ts-ignore: decorator
@inline
function difference3(a: usize, b: usize, c: usize, at: usize): v128 {
  return sub(sub(v128.load(a + at), v128.load(b + at)), v128.load(c + at));
}

/** A dy A^T of one tile; what lies outside counts as zero. */
export function transformGradient(
  from: usize, row: usize, channels: i32, right: bool, below: bool, to: usize,
): void {
  const pixel = <usize>channels << 2, rowTo = pixel << 2;
  const zero = f32x4.splat(0);
  for (let c = 0; c < channels; c += 4) {
    const y00 = v128.load(from);
    const y01 = right ? v128.load(from + pixel) : zero;
    const y10 = below ? v128.load(from + row) : zero;
    const y11 = right && below ? v128.load(from + row + pixel) : zero;
    spread(to, pixel, y00, y01);
    spread(to + rowTo, pixel, add(y00, y10), add(y01, y11));
    spread(to + rowTo + rowTo, pixel, sub(y00, y10), sub(y01, y11));
    spread(to + rowTo + rowTo + rowTo, pixel, f32x4.neg(y10), f32x4.neg(y11));
    from += 16;
    to += 16;
  }
}

// @ts-ignore: decorator
@inline
function spread(to: usize, pixel: usize, a: v128, b: v128): void {
  v128.store(to, a);
  v128.store(to + pixel, add(a, b));
  v128.store(to + pixel + pixel, sub(a, b));
  v128.store(to + pixel + pixel + pixel, f32x4.neg(b));
}
