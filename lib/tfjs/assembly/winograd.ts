// 3x3 convolutions of stride 1 with 16 products where the definition takes 36.
//
// Lavin and Gray, "Fast algorithms for convolutional neural networks", 2015:
// F(2x2, 3x3) makes a 2x2 tile of outputs from a 4x4 tile of inputs,
//   y = A^T [(G g G^T) * (B^T d B)] A,
// where * is by position and, over all channels, a matrix product for each of the
// 16 positions. Channels must be multiples of four. A tile's 16 transformed
// positions lie one after the other, each with all channels.
import { outer } from "./outer";
import { madd, splat } from "./simd";

/** Bytes from tile to tile; 64 more than needed, to spread over cache sets. */
// @ts-ignore: decorator
@inline
function tileStep(channels: i32): usize {
  return (<usize>channels << 6) + 64;
}

/** Four numbers `step` bytes apart. */
// @ts-ignore: decorator
@inline
function four(from: usize, step: usize): v128 {
  if (step == 4) return v128.load(from);
  let v = v128.load32_zero(from);
  v = v128.load_lane<f32>(from + step, v, 1);
  v = v128.load_lane<f32>(from + step + step, v, 2);
  return v128.load_lane<f32>(from + step + step + step, v, 3);
}

// @ts-ignore: decorator
@inline
function add(a: v128, b: v128): v128 {
  return f32x4.add(a, b);
}

// @ts-ignore: decorator
@inline
function sub(a: v128, b: v128): v128 {
  return f32x4.sub(a, b);
}

/**
 * G g G^T for every pair of channels, packed into panels of eight columns for
 * each position. The steps (bytes) say how the kernel lies.
 */
export function winogradFilter(
  kernel: usize, tapStep: i32, inStep: usize, outStep: usize, cin: i32, cout: i32, panels: usize,
): void {
  const panelBytes = <usize>cin << 5, positionBytes = (<usize>(cout + 7) >> 3) * panelBytes;
  if ((cout & 7) != 0) memory.fill(panels, 0, positionBytes << 4);
  const half = f32x4.splat(0.5);
  for (let c = 0; c < cout; c += 4) {
    let to = panels + <usize>(c >> 3) * panelBytes + (<usize>(c & 4) << 2);
    let from = kernel + <usize>c * outStep;
    for (let k = 0; k < cin; k++) {
      // G on the rows, column by column; then G on the columns, row by row.
      for (let j = 0; j < 3; j++) {
        const g0 = four(from + <usize>(j * tapStep), outStep);
        const g1 = four(from + <usize>((3 + j) * tapStep), outStep);
        const g2 = four(from + <usize>((6 + j) * tapStep), outStep);
        const even = f32x4.mul(add(g0, g2), half), odd = f32x4.mul(g1, half);
        const at = to + <usize>j * positionBytes;
        v128.store(at, g0);
        v128.store(at + 4 * positionBytes, add(even, odd));
        v128.store(at + 8 * positionBytes, sub(even, odd));
        v128.store(at + 12 * positionBytes, g2);
      }
      for (let i = 0; i < 4; i++) {
        const at = to + <usize>(i << 2) * positionBytes;
        const h0 = v128.load(at), h1 = v128.load(at + positionBytes);
        const h2 = v128.load(at + 2 * positionBytes);
        const even = f32x4.mul(add(h0, h2), half), odd = f32x4.mul(h1, half);
        v128.store(at + positionBytes, add(even, odd));
        v128.store(at + 2 * positionBytes, sub(even, odd));
        v128.store(at + 3 * positionBytes, h2);
      }
      from += inStep;
      to += 32;
    }
  }
}

/** B^T d B of one tile. */
function transformInput(from: usize, row: usize, channels: i32, to: usize): void {
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

/** Six tiles at one position times a panel of eight columns. */
function block(
  p0: usize, step: usize, depth: i32, b: usize, out: usize, outStep: usize, wide: bool,
): void {
  let c00 = f32x4.splat(0), c01 = c00, c10 = c00, c11 = c00, c20 = c00, c21 = c00;
  let c30 = c00, c31 = c00, c40 = c00, c41 = c00, c50 = c00, c51 = c00;
  const p1 = p0 + step, p2 = p1 + step, p3 = p2 + step, p4 = p3 + step, p5 = p4 + step;
  const end = <usize>depth << 2;
  for (let o: usize = 0; o < end; o += 4) {
    const b0 = v128.load(b), b1 = v128.load(b, 16);
    let a = splat(p0 + o); c00 = madd(a, b0, c00); c01 = madd(a, b1, c01);
    a = splat(p1 + o); c10 = madd(a, b0, c10); c11 = madd(a, b1, c11);
    a = splat(p2 + o); c20 = madd(a, b0, c20); c21 = madd(a, b1, c21);
    a = splat(p3 + o); c30 = madd(a, b0, c30); c31 = madd(a, b1, c31);
    a = splat(p4 + o); c40 = madd(a, b0, c40); c41 = madd(a, b1, c41);
    a = splat(p5 + o); c50 = madd(a, b0, c50); c51 = madd(a, b1, c51);
    b += 32;
  }
  put(out, c00, c01, wide); out += outStep;
  put(out, c10, c11, wide); out += outStep;
  put(out, c20, c21, wide); out += outStep;
  put(out, c30, c31, wide); out += outStep;
  put(out, c40, c41, wide); out += outStep;
  put(out, c50, c51, wide);
}

// @ts-ignore: decorator
@inline
function put(to: usize, low: v128, high: v128, wide: bool): void {
  v128.store(to, low);
  if (wide) v128.store(to, high, 16);
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
function transformOutput(
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
function transformGradient(
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

/**
 * The convolution of padded images; each has 2 tilesY + 2 rows of `row` bytes.
 * `chunk` tiles (a multiple of six) are handled at once in `work`.
 */
export function winogradForward(
  x: usize, images: i32, row: usize, cin: i32, tilesY: i32, tilesX: i32,
  panels: usize, cout: i32, out: usize, height: i32, width: i32,
  bias: usize, act: i32, work: usize, chunk: i32,
): void {
  const pixel = <usize>cin << 2, image = <usize>(2 * tilesY + 2) * row;
  const outRow = <usize>(width * cout) << 2, outImage = <usize>height * outRow;
  const step = tileStep(cin), outStep = tileStep(cout);
  const products = work + <usize>chunk * step;
  const panelBytes = <usize>cin << 5, positionBytes = (<usize>(cout + 7) >> 3) * panelBytes;
  const perImage = tilesY * tilesX, total = images * perImage;
  for (let first = 0; first < total; first += chunk) {
    const count = min(chunk, total - first);
    for (let t = 0; t < count; t++) {
      const n = (first + t) / perImage, place = (first + t) % perImage;
      const ty = place / tilesX, tx = place % tilesX;
      transformInput(
        x + <usize>n * image + <usize>(2 * ty) * row + <usize>(2 * tx) * pixel,
        row, cin, work + <usize>t * step,
      );
    }
    // Rows beyond the last tile hold old numbers; their products are not read.
    for (let position = 0; position < 16; position++) {
      let panel = panels + <usize>position * positionBytes;
      for (let c = 0; c < cout; c += 8) {
        for (let r = 0; r < count; r += 6) {
          block(
            work + <usize>r * step + <usize>position * pixel, step, cin, panel,
            products + <usize>r * outStep + (<usize>(position * cout + c) << 2), outStep,
            cout - c >= 8,
          );
        }
        panel += panelBytes;
      }
    }
    for (let t = 0; t < count; t++) {
      const n = (first + t) / perImage, place = (first + t) % perImage;
      const ty = place / tilesX, tx = place % tilesX;
      transformOutput(
        products + <usize>t * outStep, cout,
        out + <usize>n * outImage + <usize>(2 * ty) * outRow + (<usize>(2 * tx * cout) << 2),
        outRow, 2 * tx + 1 < width, 2 * ty + 1 < height, bias, act,
      );
    }
  }
}

/**
 * Adds to `sums`, for each position, the products of the kernel's gradient:
 * [cin filled up to 6, cout filled up to 8]. `offsets` are those of `outer`.
 */
export function winogradGradient(
  x: usize, images: i32, row: usize, cin: i32, tilesY: i32, tilesX: i32,
  dy: usize, cout: i32, height: i32, width: i32,
  sums: usize, work: usize, chunk: i32, offsets: usize,
): void {
  const pixel = <usize>cin << 2, image = <usize>(2 * tilesY + 2) * row;
  const dyPixel = <usize>cout << 2;
  const dyRow = <usize>width * dyPixel, dyImage = <usize>height * dyRow;
  const step = tileStep(cin), dyStep = tileStep(cout);
  const given = work + <usize>chunk * step;
  const sumBytes = <usize>((cin + 5) / 6 * 6) * ((<usize>(cout + 7) >> 3) << 5);
  const perImage = tilesY * tilesX, total = images * perImage;
  for (let first = 0; first < total; first += chunk) {
    const count = min(chunk, total - first);
    for (let t = 0; t < count; t++) {
      const n = (first + t) / perImage, place = (first + t) % perImage;
      const ty = place / tilesX, tx = place % tilesX;
      transformInput(
        x + <usize>n * image + <usize>(2 * ty) * row + <usize>(2 * tx) * pixel,
        row, cin, work + <usize>t * step,
      );
      transformGradient(
        dy + <usize>n * dyImage + <usize>(2 * ty) * dyRow + <usize>(2 * tx) * dyPixel,
        dyRow, cout, 2 * tx + 1 < width, 2 * ty + 1 < height, given + <usize>t * dyStep,
      );
    }
    for (let position = 0; position < 16; position++) {
      outer(
        work + <usize>position * pixel, 0, 0, step,
        given + <usize>position * dyPixel, 0, 0, dyStep,
        1, 1, count, offsets, cin, cout, sums + <usize>position * sumBytes,
      );
    }
  }
}

/** G^T s G for every pair of channels: the kernel's gradient [3, 3, cin, cout]. */
export function winogradSums(sums: usize, cin: i32, cout: i32, out: usize): void {
  const rowBytes = (<usize>(cout + 7) >> 3) << 5;
  const position = <usize>((cin + 5) / 6 * 6) * rowBytes;
  const tap = <usize>(cin * cout) << 2;
  const half = f32x4.splat(0.5);
  for (let k = 0; k < cin; k++) {
    for (let c = 0; c < cout; c += 4) {
      const from = sums + <usize>k * rowBytes + (<usize>c << 2);
      for (let j = 0; j < 4; j++) {
        const at = from + <usize>j * position;
        const s0 = v128.load(at), s1 = v128.load(at + 4 * position);
        const s2 = v128.load(at + 8 * position), s3 = v128.load(at + 12 * position);
        const even = f32x4.mul(add(s1, s2), half), odd = f32x4.mul(sub(s1, s2), half);
        v128.store(at, add(s0, even));
        v128.store(at + 4 * position, odd);
        v128.store(at + 8 * position, add(even, s3));
      }
      let to = out + (<usize>(k * cout + c) << 2);
      for (let i = 0; i < 3; i++) {
        const at = from + <usize>(i << 2) * position;
        const s0 = v128.load(at), s1 = v128.load(at + position);
        const s2 = v128.load(at + 2 * position), s3 = v128.load(at + 3 * position);
        const even = f32x4.mul(add(s1, s2), half), odd = f32x4.mul(sub(s1, s2), half);
        v128.store(to, add(s0, even));
        v128.store(to + tap, odd);
        v128.store(to + tap + tap, add(even, s3));
        to += 3 * tap;
      }
    }
  }
}
