// Layer normalisation: each row by itself, forward and backward in one call.
import { madd } from "./simd";

// @ts-ignore: decorator
@inline
function total(sums: v128): f32 {
  return (f32x4.extract_lane(sums, 0) + f32x4.extract_lane(sums, 1)) +
    (f32x4.extract_lane(sums, 2) + f32x4.extract_lane(sums, 3));
}

/** The mean of a row. */
// @ts-ignore: decorator
@inline
function meanOf(x: usize, columns: i32): f32 {
  let sums = f32x4.splat(0), at = x, c = columns;
  for (; c >= 4; c -= 4) {
    sums = f32x4.add(sums, v128.load(at));
    at += 16;
  }
  let sum = total(sums);
  for (; c > 0; c--) {
    sum += f32.load(at);
    at += 4;
  }
  return sum / <f32>columns;
}

/** 1 / sqrt(variance + epsilon) of a row. */
// @ts-ignore: decorator
@inline
function inverseOf(x: usize, columns: i32, mean: f32, epsilon: f32): f32 {
  const middle = f32x4.splat(mean);
  let sums = f32x4.splat(0), at = x, c = columns;
  for (; c >= 4; c -= 4) {
    const d = f32x4.sub(v128.load(at), middle);
    sums = madd(d, d, sums);
    at += 16;
  }
  let sum = total(sums);
  for (; c > 0; c--) {
    const d = f32.load(at) - mean;
    sum += d * d;
    at += 4;
  }
  return 1 / sqrt<f32>(sum / <f32>columns + epsilon);
}

/** out = (x - mean) / deviation * gamma + beta, row by row. */
export function rowNorm(
  x: usize, gamma: usize, beta: usize, epsilon: f32, out: usize, rows: i32, columns: i32,
): void {
  const bytes = <usize>columns << 2, whole = bytes & ~15;
  for (let r = 0; r < rows; r++) {
    const mean = meanOf(x, columns), inverse = inverseOf(x, columns, mean, epsilon);
    const middle = f32x4.splat(mean), by = f32x4.splat(inverse);
    let at: usize = 0;
    for (; at < whole; at += 16) {
      const z = f32x4.mul(f32x4.sub(v128.load(x + at), middle), by);
      v128.store(out + at, f32x4.add(f32x4.mul(z, v128.load(gamma + at)), v128.load(beta + at)));
    }
    for (; at < bytes; at += 4) {
      const z = (f32.load(x + at) - mean) * inverse;
      f32.store(out + at, z * f32.load(gamma + at) + f32.load(beta + at));
    }
    x += bytes; out += bytes;
  }
}

/**
 * With z = (x - mean) / deviation and g = gamma * dy:
 * dx = (g - mean of g - z * mean of g * z) / deviation;
 * sums[c] = sum over rows of dy * z, and sums[columns + c] = sum of dy.
 */
export function rowNormGradient(
  x: usize, gamma: usize, dy: usize, epsilon: f32, dx: usize, sums: usize, rows: i32, columns: i32,
): void {
  const bytes = <usize>columns << 2, whole = bytes & ~15;
  const share: f32 = 1 / <f32>columns;
  memory.fill(sums, 0, bytes + bytes);
  for (let r = 0; r < rows; r++) {
    const mean = meanOf(x, columns), inverse = inverseOf(x, columns, mean, epsilon);
    const middle = f32x4.splat(mean), by = f32x4.splat(inverse);
    let plain = f32x4.splat(0), along = plain, at: usize = 0;
    for (; at < whole; at += 16) {
      const d = v128.load(dy + at), g = f32x4.mul(d, v128.load(gamma + at));
      const z = f32x4.mul(f32x4.sub(v128.load(x + at), middle), by), to = sums + at;
      plain = f32x4.add(plain, g);
      along = madd(g, z, along);
      v128.store(to, madd(d, z, v128.load(to)));
      v128.store(to + bytes, f32x4.add(v128.load(to + bytes), d));
    }
    let first = total(plain), second = total(along);
    for (; at < bytes; at += 4) {
      const d = f32.load(dy + at), g = d * f32.load(gamma + at);
      const z = (f32.load(x + at) - mean) * inverse, to = sums + at;
      first += g;
      second += g * z;
      f32.store(to, f32.load(to) + d * z);
      f32.store(to + bytes, f32.load(to + bytes) + d);
    }
    first *= share;
    second *= share;
    const a = f32x4.splat(first), b = f32x4.splat(second);
    for (at = 0; at < whole; at += 16) {
      const g = f32x4.mul(v128.load(dy + at), v128.load(gamma + at));
      const z = f32x4.mul(f32x4.sub(v128.load(x + at), middle), by);
      v128.store(dx + at, f32x4.mul(f32x4.sub(f32x4.sub(g, a), f32x4.mul(z, b)), by));
    }
    for (; at < bytes; at += 4) {
      const g = f32.load(dy + at) * f32.load(gamma + at);
      const z = (f32.load(x + at) - mean) * inverse;
      f32.store(dx + at, (g - first - z * second) * inverse);
    }
    x += bytes; dy += bytes; dx += bytes;
  }
}
