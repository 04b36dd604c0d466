// The transforms of one tile of F(4x4, 3x3); see winograd.ts. `position` bytes lie
// from one position's number to the next one's. Outputs and gradients take one row or
// two at a time from the columns straight into the rows: fewer loads and stores than
// with the whole of what lies between, for which the registers are too few.
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
  below: i32, right: i32, bias: usize, act: i32,
): void {
  const pixel = <usize>channels << 2, rowFrom = 6 * position, zero = f32x4.splat(0);
  const p2 = position + position, p3 = p2 + position, p4 = p2 + p2, p5 = p4 + position;
  for (let c = 0; c < channels; c += 4) {
    const b = bias != 0 ? v128.load(bias + (<usize>c << 2)) : zero;
    const m1 = m + rowFrom, m2 = m1 + rowFrom, m3 = m2 + rowFrom, m4 = m3 + rowFrom, m5 = m4 + rowFrom;
    // Rows 0 and 2 of A^T m need the sums of rows 1 and 2 and of 3 and 4, rows 1 and 3 the differences.
    const s0 = plus(m1, m2, 0), t0 = plus(m3, m4, 0);
    const s1 = plus(m1, m2, position), t1 = plus(m3, m4, position);
    const s2 = plus(m1, m2, p2), t2 = plus(m3, m4, p2);
    const s3 = plus(m1, m2, p3), t3 = plus(m3, m4, p3);
    const s4 = plus(m1, m2, p4), t4 = plus(m3, m4, p4);
    const s5 = plus(m1, m2, p5), t5 = plus(m3, m4, p5);
    const four = f32x4.splat(4);
    outputs(
      add(add(v128.load(m), s0), t0), add(add(v128.load(m + position), s1), t1),
      add(add(v128.load(m + p2), s2), t2), add(add(v128.load(m + p3), s3), t3),
      add(add(v128.load(m + p4), s4), t4), add(add(v128.load(m + p5), s5), t5), to, pixel, right, b, act,
    );
    if (below > 2) {
      outputs(
        madd(four, t0, s0), madd(four, t1, s1), madd(four, t2, s2), madd(four, t3, s3), madd(four, t4, s4),
        madd(four, t5, s5), to + row + row, pixel, right, b, act,
      );
    }
    if (below > 1) {
      const two = f32x4.splat(2), eight = f32x4.splat(8);
      const s0 = minus(m1, m2, 0), t0 = minus(m3, m4, 0);
      const s1 = minus(m1, m2, position), t1 = minus(m3, m4, position);
      const s2 = minus(m1, m2, p2), t2 = minus(m3, m4, p2);
      const s3 = minus(m1, m2, p3), t3 = minus(m3, m4, p3);
      const s4 = minus(m1, m2, p4), t4 = minus(m3, m4, p4);
      const s5 = minus(m1, m2, p5), t5 = minus(m3, m4, p5);
      outputs(
        madd(two, t0, s0), madd(two, t1, s1), madd(two, t2, s2), madd(two, t3, s3), madd(two, t4, s4),
        madd(two, t5, s5), to + row, pixel, right, b, act,
      );
      if (below > 3) {
        outputs(
          madd(eight, t0, add(s0, v128.load(m5))), madd(eight, t1, add(s1, v128.load(m5 + position))),
          madd(eight, t2, add(s2, v128.load(m5 + p2))), madd(eight, t3, add(s3, v128.load(m5 + p3))),
          madd(eight, t4, add(s4, v128.load(m5 + p4))), madd(eight, t5, add(s5, v128.load(m5 + p5))),
          to + row + row + row, pixel, right, b, act,
        );
      }
    }
    m += 16;
    to += 16;
  }
}

// @ts-ignore: decorator
@inline
function plus(a: usize, b: usize, at: usize): v128 {
  return add(v128.load(a + at), v128.load(b + at));
}

// @ts-ignore: decorator
@inline
function minus(a: usize, b: usize, at: usize): v128 {
  return sub(v128.load(a + at), v128.load(b + at));
}

/** One row times A: four outputs, of which `right` are there, with bias and activation. */
// @ts-ignore: decorator
@inline
function outputs(
  m0: v128, m1: v128, m2: v128, m3: v128, m4: v128, m5: v128, to: usize, pixel: usize, right: i32, bias: v128, act: i32,
): void {
  const two = f32x4.splat(2), four = f32x4.splat(4), eight = f32x4.splat(8);
  const s = add(m1, m2), d = sub(m1, m2), s2 = add(m3, m4), d2 = sub(m3, m4);
  v128.store(to, activate(add(add(add(m0, s), s2), bias), act)); to += pixel;
  if (right > 1) v128.store(to, activate(add(madd(two, d2, d), bias), act)); to += pixel;
  if (right > 2) v128.store(to, activate(add(madd(four, s2, s), bias), act)); to += pixel;
  if (right > 3) v128.store(to, activate(add(madd(eight, d2, add(d, m5)), bias), act));
}

/** A dy A^T of one tile; what lies outside counts as zero. `temp` is scratch for 16 vectors. */
export function transformGradient4(
  from: usize, row: usize, channels: i32, below: i32, right: i32,
  to: usize, position: usize, temp: usize,
): void {
  const pixel = <usize>channels << 2, whole = below == 4 && right == 4;
  if (!whole) memory.fill(temp, 0, 256);
  for (let c = 0; c < channels; c += 4) {
    if (whole) spreadTile(from, row, pixel, to, position);
    else {
      for (let i = 0; i < below; i++) {
        for (let j = 0; j < right; j++) {
          v128.store(temp + <usize>(i * 64 + j * 16), v128.load(from + <usize>i * row + <usize>j * pixel));
        }
      }
      spreadTile(temp, 64, 16, to, position);
    }
    from += 16;
    to += 16;
  }
}

/** A dy A^T of four rows of four vectors. */
// @ts-ignore: decorator
@inline
function spreadTile(y0: usize, row: usize, pixel: usize, to: usize, position: usize): void {
  const p2 = pixel + pixel, p3 = p2 + pixel, rowTo = 6 * position;
  const y1 = y0 + row, y2 = y1 + row, y3 = y2 + row;
  spread(v128.load(y0), v128.load(y0 + pixel), v128.load(y0 + p2), v128.load(y0 + p3), to, position);
  to += rowTo;
  // Rows 1 and 2 are sum and difference of the same two, and so are rows 3 and 4.
  let e0 = plus(y0, y2, 0), e1 = plus(y0, y2, pixel), e2 = plus(y0, y2, p2), e3 = plus(y0, y2, p3);
  let o0 = plus(y1, y3, 0), o1 = plus(y1, y3, pixel), o2 = plus(y1, y3, p2), o3 = plus(y1, y3, p3);
  spread(add(e0, o0), add(e1, o1), add(e2, o2), add(e3, o3), to, position);
  to += rowTo;
  spread(sub(e0, o0), sub(e1, o1), sub(e2, o2), sub(e3, o3), to, position);
  to += rowTo;
  const two = f32x4.splat(2), four = f32x4.splat(4), eight = f32x4.splat(8);
  e0 = madd(four, v128.load(y2), v128.load(y0));
  e1 = madd(four, v128.load(y2 + pixel), v128.load(y0 + pixel));
  e2 = madd(four, v128.load(y2 + p2), v128.load(y0 + p2));
  e3 = madd(four, v128.load(y2 + p3), v128.load(y0 + p3));
  o0 = madd(eight, v128.load(y3), f32x4.mul(two, v128.load(y1)));
  o1 = madd(eight, v128.load(y3 + pixel), f32x4.mul(two, v128.load(y1 + pixel)));
  o2 = madd(eight, v128.load(y3 + p2), f32x4.mul(two, v128.load(y1 + p2)));
  o3 = madd(eight, v128.load(y3 + p3), f32x4.mul(two, v128.load(y1 + p3)));
  spread(add(e0, o0), add(e1, o1), add(e2, o2), add(e3, o3), to, position);
  to += rowTo;
  spread(sub(e0, o0), sub(e1, o1), sub(e2, o2), sub(e3, o3), to, position);
  to += rowTo;
  spread(v128.load(y3), v128.load(y3 + pixel), v128.load(y3 + p2), v128.load(y3 + p3), to, position);
}

/** A times four vectors: six results. */
// @ts-ignore: decorator
@inline
function spread(y0: v128, y1: v128, y2: v128, y3: v128, to: usize, step: usize): void {
  const two = f32x4.splat(2), four = f32x4.splat(4), eight = f32x4.splat(8);
  const even = add(y0, y2), odd = add(y1, y3);
  const even2 = madd(four, y2, y0), odd2 = madd(eight, y3, f32x4.mul(two, y1));
  v128.store(to, y0); to += step;
  v128.store(to, add(even, odd)); to += step;
  v128.store(to, sub(even, odd)); to += step;
  v128.store(to, add(even2, odd2)); to += step;
  v128.store(to, sub(even2, odd2)); to += step;
  v128.store(to, y3);
}
