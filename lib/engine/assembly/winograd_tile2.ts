// The transforms of one tile of F(2x2, 3x3); see winograd.ts. `position` bytes lie
// from one position's number to the next one's.
import { activate, add, sub } from "./simd";

/**
 * B^T times four vectors `by` bytes apart; the four results lie `step` apart. Unless
 * all are there, those before `top` and from `bottom` on count as zero.
 */
// @ts-ignore: decorator
@inline
export function timesB2(
  from: usize, by: usize, to: usize, step: usize, whole: bool, top: i32, bottom: i32,
): void {
  const zero = f32x4.splat(0);
  const d0 = whole || top <= 0 && bottom > 0 ? v128.load(from) : zero; from += by;
  const d1 = whole || top <= 1 && bottom > 1 ? v128.load(from) : zero; from += by;
  const d2 = whole || top <= 2 && bottom > 2 ? v128.load(from) : zero; from += by;
  const d3 = whole || top <= 3 && bottom > 3 ? v128.load(from) : zero;
  v128.store(to, sub(d0, d2)); to += step;
  v128.store(to, add(d1, d2)); to += step;
  v128.store(to, sub(d2, d1)); to += step;
  v128.store(to, sub(d1, d3));
}

/** A^T m A of one tile, with bias and activation; `below` x `right` outputs are there. */
export function transformOutput2(
  m: usize, position: usize, channels: i32, to: usize, row: usize,
  below: i32, right: i32, bias: usize, act: i32,
): void {
  const pixel = <usize>channels << 2, rowFrom = position << 2;
  const p2 = position + position, p3 = p2 + position;
  for (let c = 0; c < channels; c += 4) {
    const b = bias != 0 ? v128.load(bias + (<usize>c << 2)) : f32x4.splat(0);
    const m1 = m + rowFrom, m2 = m1 + rowFrom, m3 = m2 + rowFrom;
    let s0 = sum3(m, m1, m2, 0), s1 = sum3(m, m1, m2, position);
    let s2 = sum3(m, m1, m2, p2), s3 = sum3(m, m1, m2, p3);
    v128.store(to, activate(add(add(add(s0, s1), s2), b), act));
    if (right > 1) v128.store(to + pixel, activate(add(sub(sub(s1, s2), s3), b), act));
    if (below > 1) {
      s0 = difference3(m1, m2, m3, 0); s1 = difference3(m1, m2, m3, position);
      s2 = difference3(m1, m2, m3, p2); s3 = difference3(m1, m2, m3, p3);
      v128.store(to + row, activate(add(add(add(s0, s1), s2), b), act));
      if (right > 1) v128.store(to + row + pixel, activate(add(sub(sub(s1, s2), s3), b), act));
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
export function transformGradient2(
  from: usize, row: usize, channels: i32, below: i32, right: i32, to: usize, position: usize,
): void {
  const pixel = <usize>channels << 2, rowTo = position << 2;
  const zero = f32x4.splat(0);
  for (let c = 0; c < channels; c += 4) {
    const y00 = v128.load(from);
    const y01 = right > 1 ? v128.load(from + pixel) : zero;
    const y10 = below > 1 ? v128.load(from + row) : zero;
    const y11 = right > 1 && below > 1 ? v128.load(from + row + pixel) : zero;
    spread(to, position, y00, y01);
    spread(to + rowTo, position, add(y00, y10), add(y01, y11));
    spread(to + 2 * rowTo, position, sub(y00, y10), sub(y01, y11));
    spread(to + 3 * rowTo, position, f32x4.neg(y10), f32x4.neg(y11));
    from += 16;
    to += 16;
  }
}

// @ts-ignore: decorator
@inline
function spread(to: usize, position: usize, a: v128, b: v128): void {
  v128.store(to, a); to += position;
  v128.store(to, add(a, b)); to += position;
  v128.store(to, sub(a, b)); to += position;
  v128.store(to, f32x4.neg(b));
}
