// The transforms of one tile of F(4x4, 3x3); see winograd.ts. `position` bytes lie
// from one position's number to the next one's; `temp` is scratch for 52 vectors.
// A transform goes over the columns, into `temp`, and then over the rows.
import { activate, add, madd, sub } from "./simd";

/**
 * B^T times six vectors `by` bytes apart; the six results lie `step` apart. Unless all
 * are there, those before `top` and from `bottom` on count as zero.
 */
// @ts-ignore: decorator
@inline
export function timesB4(
  from: usize, by: usize, to: usize, step: usize, whole: bool, top: i32, bottom: i32,
): void {
  const two = f32x4.splat(2), four = f32x4.splat(4), zero = f32x4.splat(0);
  const d0 = whole || top <= 0 && bottom > 0 ? v128.load(from) : zero; from += by;
  const d1 = whole || top <= 1 && bottom > 1 ? v128.load(from) : zero; from += by;
  const d2 = whole || top <= 2 && bottom > 2 ? v128.load(from) : zero; from += by;
  const d3 = whole || top <= 3 && bottom > 3 ? v128.load(from) : zero; from += by;
  const d4 = whole || top <= 4 && bottom > 4 ? v128.load(from) : zero; from += by;
  const d5 = whole || top <= 5 && bottom > 5 ? v128.load(from) : zero;
  const minusTwo = f32x4.splat(-2), minusFour = f32x4.splat(-4), minusFive = f32x4.splat(-5);
  v128.store(to, madd(minusFive, d2, madd(four, d0, d4))); to += step;
  const even = madd(minusFour, d2, d4), odd = madd(minusFour, d1, d3);
  v128.store(to, add(even, odd)); to += step;
  v128.store(to, sub(even, odd)); to += step;
  const even2 = sub(d4, d2), odd2 = sub(d3, d1);
  v128.store(to, madd(two, odd2, even2)); to += step;
  v128.store(to, madd(minusTwo, odd2, even2)); to += step;
  v128.store(to, madd(minusFive, d3, madd(four, d1, d5)));
}

/** A^T m A of one tile, with bias and activation; `below` x `right` outputs are there. */
export function transformOutput4(
  m: usize, position: usize, channels: i32, to: usize, row: usize,
  below: i32, right: i32, bias: usize, act: i32, temp: usize,
): void {
  const pixel = <usize>channels << 2, rowFrom = 6 * position, zero = f32x4.splat(0);
  const edge = temp + 576;
  for (let c = 0; c < channels; c += 4) {
    let at = m, half = temp;
    for (let j = 0; j < 6; j++) {
      timesA(at, rowFrom, half, 96, zero, 0);
      at += position; half += 16;
    }
    const b = bias != 0 ? v128.load(bias + (<usize>c << 2)) : zero;
    half = temp;
    at = to;
    for (let i = 0; i < below; i++) {
      if (right == 4) timesA(half, 16, at, pixel, b, act);
      else {
        timesA(half, 16, edge, 16, b, act);
        for (let j = 0; j < right; j++) {
          v128.store(at + <usize>j * pixel, v128.load(edge + (<usize>j << 4)));
        }
      }
      half += 96; at += row;
    }
    m += 16;
    to += 16;
  }
}

/** A^T times six vectors, plus a bias, and the activation. */
// @ts-ignore: decorator
@inline
function timesA(from: usize, by: usize, to: usize, step: usize, bias: v128, act: i32): void {
  const two = f32x4.splat(2), four = f32x4.splat(4), eight = f32x4.splat(8);
  const m0 = v128.load(from); from += by;
  const m1 = v128.load(from); from += by;
  const m2 = v128.load(from); from += by;
  const m3 = v128.load(from); from += by;
  const m4 = v128.load(from); from += by;
  const m5 = v128.load(from);
  const s = add(m1, m2), d = sub(m1, m2), s2 = add(m3, m4), d2 = sub(m3, m4);
  v128.store(to, activate(add(add(add(m0, s), s2), bias), act)); to += step;
  v128.store(to, activate(add(madd(two, d2, d), bias), act)); to += step;
  v128.store(to, activate(add(madd(four, s2, s), bias), act)); to += step;
  v128.store(to, activate(add(madd(eight, d2, add(d, m5)), bias), act));
}

/** A dy A^T of one tile; what lies outside counts as zero. */
export function transformGradient4(
  from: usize, row: usize, channels: i32, below: i32, right: i32,
  to: usize, position: usize, temp: usize,
): void {
  const pixel = <usize>channels << 2, rowTo = 6 * position;
  const whole = below == 4 && right == 4, edge = temp + 576;
  if (!whole) memory.fill(edge, 0, 256);
  for (let c = 0; c < channels; c += 4) {
    let at = from, half = temp;
    if (whole) {
      for (let j = 0; j < 4; j++) {
        spread(at, row, half, 64);
        at += pixel; half += 16;
      }
    } else {
      for (let i = 0; i < below; i++) {
        for (let j = 0; j < right; j++) {
          v128.store(edge + <usize>(i * 64 + j * 16), v128.load(from + <usize>i * row + <usize>j * pixel));
        }
      }
      at = edge;
      for (let j = 0; j < 4; j++) {
        spread(at, 64, half, 64);
        at += 16; half += 16;
      }
    }
    half = temp;
    at = to;
    for (let i = 0; i < 6; i++) {
      spread(half, 16, at, position);
      half += 64; at += rowTo;
    }
    from += 16;
    to += 16;
  }
}

/** A times four vectors: six results. */
// @ts-ignore: decorator
@inline
function spread(from: usize, by: usize, to: usize, step: usize): void {
  const two = f32x4.splat(2), four = f32x4.splat(4), eight = f32x4.splat(8);
  const y0 = v128.load(from); from += by;
  const y1 = v128.load(from); from += by;
  const y2 = v128.load(from); from += by;
  const y3 = v128.load(from);
  const even = add(y0, y2), odd = add(y1, y3);
  const even2 = madd(four, y2, y0), odd2 = madd(eight, y3, f32x4.mul(two, y1));
  v128.store(to, y0); to += step;
  v128.store(to, add(even, odd)); to += step;
  v128.store(to, sub(even, odd)); to += step;
  v128.store(to, add(even2, odd2)); to += step;
  v128.store(to, sub(even2, odd2)); to += step;
  v128.store(to, y3);
}
