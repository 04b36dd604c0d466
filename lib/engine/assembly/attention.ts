// Attention, softmax(q * transpose(k) / sqrt(size)) * v, one head of one image after
// the other. A head is `size` neighbouring columns of q, k, v [images, tokens, width].
//
// Rows of scores and weights are `step` bytes apart: whole vectors, filled up with
// zeros. `panels` is scratch for max(tokens, size) * eights(max(tokens, size)) numbers,
// `pointers` for what product() wants.
import { madd } from "./simd";
import { packPanels } from "./pack";
import { product } from "./product";

/** Whole vectors of four. */
// @ts-ignore: decorator
@inline
function fours(count: i32): i32 {
  return (count + 3) & ~3;
}

/** out = rows [tokens, run] * the packed panels [run, columns]. */
// @ts-ignore: decorator
@inline
function times(
  rows: usize, step: usize, tokens: i32, run: i32, panels: usize, columns: i32,
  out: usize, outStep: usize, pointers: usize,
): void {
  product(
    rows, 0, 0, step, 1, 1, tokens, 1, 0, 1, 0, run,
    panels, columns, out, 0, 0, outStep, 0, 0, pointers,
  );
}

/** Packs the head's columns at `from` [tokens, size] as the right side of a product. */
// @ts-ignore: decorator
@inline
function packColumns(from: usize, tokens: i32, size: i32, row: usize, panels: usize): void {
  packPanels(from, tokens, size, row, 4, panels, <usize>tokens << 5);
}

/** The same turned, [size, tokens]. */
// @ts-ignore: decorator
@inline
function packTurned(from: usize, tokens: i32, size: i32, row: usize, panels: usize): void {
  packPanels(from, size, tokens, 4, row, panels, <usize>size << 5);
}

/** The heads `first` to `first + count` of all images: y, and the weights. */
export function attention(
  q: usize, k: usize, v: usize, y: usize, weights: usize,
  first: i32, count: i32, tokens: i32, width: i32, heads: i32, scale: f32,
  panels: usize, pointers: usize,
): void {
  const size = width / heads, row = <usize>width << 2, step = <usize>fours(tokens) << 2;
  for (let head = first; head < first + count; head++) {
    const at = place(head, heads, tokens, width);
    const own = weights + <usize>(head * tokens) * step;
    packTurned(k + at, tokens, size, row, panels);
    times(q + at, row, tokens, size, panels, tokens, own, step, pointers);
    softmax(own, tokens, step, scale);
    packColumns(v + at, tokens, size, row, panels);
    times(own, step, tokens, tokens, panels, size, y + at, row, pointers);
  }
}

/**
 * The gradients, from q, k, v, dy and the weights. `slopes` is scratch for one
 * head's weights, `turned` for them turned.
 */
export function attentionGradient(
  q: usize, k: usize, v: usize, dy: usize, weights: usize, dq: usize, dk: usize, dv: usize,
  first: i32, count: i32, tokens: i32, width: i32, heads: i32, scale: f32,
  slopes: usize, turned: usize, panels: usize, pointers: usize,
): void {
  const size = width / heads, row = <usize>width << 2, step = <usize>fours(tokens) << 2;
  for (let head = first; head < first + count; head++) {
    const at = place(head, heads, tokens, width);
    const own = weights + <usize>(head * tokens) * step;
    packTurned(v + at, tokens, size, row, panels);
    times(dy + at, row, tokens, size, panels, tokens, slopes, step, pointers);
    softmaxGradient(own, slopes, tokens, step, scale);

    turn(own, tokens, step, turned);
    packColumns(dy + at, tokens, size, row, panels);
    times(turned, step, tokens, tokens, panels, size, dv + at, row, pointers);

    packColumns(k + at, tokens, size, row, panels);
    times(slopes, step, tokens, tokens, panels, size, dq + at, row, pointers);

    turn(slopes, tokens, step, turned);
    packColumns(q + at, tokens, size, row, panels);
    times(turned, step, tokens, tokens, panels, size, dk + at, row, pointers);
  }
}

/** Bytes to the first number of a head. */
// @ts-ignore: decorator
@inline
function place(head: i32, heads: i32, tokens: i32, width: i32): usize {
  const image = head / heads;
  return <usize>(image * tokens * width + (head - image * heads) * (width / heads)) << 2;
}

/** The numbers behind the last of a row, up to a whole vector. */
// @ts-ignore: decorator
@inline
function fillUp(row: usize, tokens: i32, value: f32): void {
  for (let j = tokens; j < fours(tokens); j++) f32.store(row + (<usize>j << 2), value);
}

/** Each row of scores becomes exp(scale * (score - largest)), divided by their sum. */
function softmax(scores: usize, tokens: i32, step: usize, scale: f32): void {
  const by = f32x4.splat(scale);
  for (let i = 0; i < tokens; i++) {
    fillUp(scores, tokens, -Infinity);
    let most = v128.load(scores);
    for (let at: usize = 16; at < step; at += 16) most = f32x4.pmax(most, v128.load(scores + at));
    const largest = f32x4.splat(max(
      max(f32x4.extract_lane(most, 0), f32x4.extract_lane(most, 1)),
      max(f32x4.extract_lane(most, 2), f32x4.extract_lane(most, 3)),
    ));
    let sums = f32x4.splat(0);
    for (let at: usize = 0; at < step; at += 16) {
      const power = exponential(f32x4.mul(f32x4.sub(v128.load(scores + at), largest), by));
      v128.store(scores + at, power);
      sums = f32x4.add(sums, power);
    }
    const share = f32x4.splat(1 / total(sums));
    for (let at: usize = 0; at < step; at += 16) {
      v128.store(scores + at, f32x4.mul(v128.load(scores + at), share));
    }
    fillUp(scores, tokens, 0); // where the sum is NaN
    scores += step;
  }
}

/** slopes = scale * weights * (slopes - the row's sum of slopes * weights). */
function softmaxGradient(weights: usize, slopes: usize, tokens: i32, step: usize, scale: f32): void {
  const by = f32x4.splat(scale);
  for (let i = 0; i < tokens; i++) {
    fillUp(slopes, tokens, 0);
    let sums = f32x4.splat(0);
    for (let at: usize = 0; at < step; at += 16) {
      sums = madd(v128.load(weights + at), v128.load(slopes + at), sums);
    }
    const mean = f32x4.splat(total(sums));
    for (let at: usize = 0; at < step; at += 16) {
      const slope = f32x4.sub(v128.load(slopes + at), mean);
      v128.store(slopes + at, f32x4.mul(f32x4.mul(v128.load(weights + at), slope), by));
    }
    weights += step;
    slopes += step;
  }
}

// @ts-ignore: decorator
@inline
function total(sums: v128): f32 {
  return (f32x4.extract_lane(sums, 0) + f32x4.extract_lane(sums, 1)) +
    (f32x4.extract_lane(sums, 2) + f32x4.extract_lane(sums, 3));
}

/** to = transpose(from), rows `step` bytes apart in both. */
function turn(from: usize, tokens: i32, step: usize, to: usize): void {
  let i = 0;
  for (; i + 4 <= tokens; i += 4) {
    const rows = from + <usize>i * step, columns = to + (<usize>i << 2);
    for (let j: usize = 0; j < <usize>tokens; j += 4) {
      // Rows of `to` behind the last are written as well: it has room for them.
      const at = rows + (j << 2), out = columns + j * step;
      const a = v128.load(at), b = v128.load(at + step);
      const c = v128.load(at + 2 * step), d = v128.load(at + 3 * step);
      const ab0 = v128.shuffle<f32>(a, b, 0, 4, 1, 5), ab1 = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
      const cd0 = v128.shuffle<f32>(c, d, 0, 4, 1, 5), cd1 = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
      v128.store(out, v128.shuffle<f32>(ab0, cd0, 0, 1, 4, 5));
      v128.store(out + step, v128.shuffle<f32>(ab0, cd0, 2, 3, 6, 7));
      v128.store(out + 2 * step, v128.shuffle<f32>(ab1, cd1, 0, 1, 4, 5));
      v128.store(out + 3 * step, v128.shuffle<f32>(ab1, cd1, 2, 3, 6, 7));
    }
  }
  for (; i < tokens; i++) {
    for (let j = 0; j < tokens; j++) {
      f32.store(to + <usize>j * step + (<usize>i << 2), f32.load(from + <usize>i * step + (<usize>j << 2)));
    }
  }
}

/**
 * e to the power of numbers that are 0 or less; what is smaller than the smallest
 * normal number becomes 0, a NaN stays.
 *
 * x = n * ln 2 + r with |r| below 0.35, where eight terms of the series are exact
 * to the last bit; 2 to the power of n is a number's exponent bits.
 */
// @ts-ignore: decorator
@inline
function exponential(x: v128): v128 {
  const least = f32x4.splat(-87.3);
  const inside = f32x4.pmax(x, least);
  const n = f32x4.nearest(f32x4.mul(inside, f32x4.splat(1.4426950408889634)));
  // ln 2 in two parts, of which the first times n is exact.
  let r = f32x4.sub(inside, f32x4.mul(n, f32x4.splat(0.693145751953125)));
  r = f32x4.sub(r, f32x4.mul(n, f32x4.splat(1.4286068203094172e-6)));
  let sum = f32x4.splat(1.0 / 5040);
  sum = madd(sum, r, f32x4.splat(1.0 / 720));
  sum = madd(sum, r, f32x4.splat(1.0 / 120));
  sum = madd(sum, r, f32x4.splat(1.0 / 24));
  sum = madd(sum, r, f32x4.splat(1.0 / 6));
  sum = madd(sum, r, f32x4.splat(0.5));
  sum = madd(sum, r, f32x4.splat(1));
  sum = madd(sum, r, f32x4.splat(1));
  const bits = i32x4.shl(i32x4.add(i32x4.trunc_sat_f32x4_s(n), i32x4.splat(127)), 23);
  return v128.andnot(f32x4.mul(sum, bits), f32x4.lt(x, least));
}
