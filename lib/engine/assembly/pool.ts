// Pooling, and max pooling's gradient. Sizes of x: [images, height, width, depth].
import { splat, storePart } from "./simd";

/**
 * The largest input of each window, or with `mean` 1 the mean of those inside the
 * image. A NaN in a window is its output. A window's rows are put together first,
 * over the whole width, so that few channels fill the vectors too: `line` is
 * scratch for such a row and 16 bytes more.
 */
export function pool(
  mean: i32, x: usize, y: usize,
  images: i32, height: i32, width: i32, depth: i32, outHeight: i32, outWidth: i32,
  windowY: i32, windowX: i32, strideY: i32, strideX: i32, top: i32, left: i32,
  line: usize,
): void {
  const row = <usize>(width * depth) << 2;
  const quarters = windowY == 2 && windowX == 2 && (top | left) == 0 && depth >= 4 &&
    (outHeight - 1) * strideY + 2 <= height && (outWidth - 1) * strideX + 2 <= width;
  for (let n = 0; n < images; n++) {
    for (let i = 0; i < outHeight; i++) {
      if (quarters) {
        const from = x + <usize>(i * strideY) * row;
        if (mean) acrossTwo(1, from, from + row, y, depth, outWidth, strideX);
        else acrossTwo(0, from, from + row, y, depth, outWidth, strideX);
        y += <usize>(outWidth * depth) << 2;
        continue;
      }
      const y0 = i * strideY - top;
      const begin = max(0, y0), rows = max(0, min(height, y0 + windowY) - begin);
      const from = x + <usize>begin * row;
      if (mean) {
        down(1, from, rows, row, line);
        across(1, line, y, rows, width, depth, outWidth, windowX, strideX, left);
      } else {
        down(0, from, rows, row, line);
        across(0, line, y, rows, width, depth, outWidth, windowX, strideX, left);
      }
      y += <usize>(outWidth * depth) << 2;
    }
    x += <usize>height * row;
  }
}

/** Two numbers of a window in one: their sum, or the larger one, NaN where either is. */
// @ts-ignore: decorator
@inline
function both(mean: i32, a: v128, b: v128): v128 {
  if (mean) return f32x4.add(a, b);
  // pmax keeps a NaN of a; all ones are a NaN for that of b.
  return v128.or(f32x4.pmax(a, b), f32x4.ne(b, b));
}

/** Puts rows together, number by number. */
// @ts-ignore: decorator
@inline
function down(mean: i32, from: usize, rows: i32, row: usize, line: usize): void {
  if (rows < 2) {
    if (rows == 1) memory.copy(line, from, row);
    return;
  }
  const whole = row & ~15;
  let first = from, next = from + row, left = rows - 1;
  while (left > 0) {
    // Two rows more at a time; the second is the next again where there is one only.
    const two = left > 1, last = two ? next + row : next;
    for (let at: usize = 0; at < whole; at += 16) {
      let all = both(mean, v128.load(first + at), v128.load(next + at));
      if (two) all = both(mean, all, v128.load(last + at));
      v128.store(line + at, all);
    }
    for (let at = whole; at < row; at += 4) {
      let all = both(mean, splat(first + at), splat(next + at));
      if (two) all = both(mean, all, splat(last + at));
      f32.store(line + at, f32x4.extract_lane(all, 0));
    }
    first = line;
    next = last + row;
    left -= 2;
  }
}

/** Windows of two rows and two columns, all of them inside: without the way over `line`. */
// @ts-ignore: decorator
@inline
function acrossTwo(
  mean: i32, from: usize, below: usize, y: usize, depth: i32, outWidth: i32, strideX: i32,
): void {
  const pixel = <usize>depth << 2, step = <usize>strideX * pixel;
  for (let j = 0; j < outWidth; j++) {
    for (let at: usize = 0; at < pixel; at += 16) {
      const c = min(at, pixel - 16), a = from + c, b = below + c;
      const left = both(mean, v128.load(a), v128.load(b));
      const all = both(mean, left, both(mean, v128.load(a + pixel), v128.load(b + pixel)));
      v128.store(y + c, mean ? f32x4.mul(all, f32x4.splat(0.25)) : all);
    }
    from += step; below += step; y += pixel;
  }
}

/** Puts the columns of each window together; the last channels may overlap those before. */
// @ts-ignore: decorator
@inline
function across(
  mean: i32, line: usize, y: usize, rows: i32,
  width: i32, depth: i32, outWidth: i32, windowX: i32, strideX: i32, left: i32,
): void {
  const pixel = <usize>depth << 2, last = max<isize>(<isize>pixel - 16, 0);
  const empty = f32x4.splat(mean ? 0 : -Infinity);
  for (let j = 0; j < outWidth; j++) {
    const x0 = j * strideX - left;
    const begin = max(0, x0), end = min(width, x0 + windowX);
    const columns = rows == 0 ? 0 : max(0, end - begin);
    const from = line + <usize>begin * pixel;
    const count = f32x4.splat(<f32>(rows * columns));
    for (let c: usize = 0; c < pixel; c += 16) {
      let at = from + min<usize>(c, last), all = empty;
      if (columns == 2) {
        all = both(mean, v128.load(at), v128.load(at + pixel));
      } else if (columns == 3) {
        all = both(mean, both(mean, v128.load(at), v128.load(at + pixel)), v128.load(at + 2 * pixel));
      } else {
        for (let b = 0; b < columns; b++) {
          all = both(mean, all, v128.load(at));
          at += pixel;
        }
      }
      if (mean) all = f32x4.div(all, count);
      const to = y + min<usize>(c, last);
      if (depth >= 4) v128.store(to, all);
      else storePart(to, all, all, depth);
    }
    y += pixel;
  }
}

/**
 * Each window hands its gradient to the first of its largest inputs, or to its
 * last NaN. dx must be zero before.
 */
export function maxPoolGradient(
  x: usize, y: usize, dy: usize, dx: usize,
  images: i32, height: i32, width: i32, depth: i32, outHeight: i32, outWidth: i32,
  windowY: i32, windowX: i32, strideY: i32, strideX: i32, top: i32, left: i32,
): void {
  const pixel = <usize>depth << 2, row = <usize>width * pixel;
  const apart = strideY >= windowY && strideX >= windowX && depth >= 4;
  for (let n = 0; n < images; n++) {
    for (let i = 0; i < outHeight; i++) {
      const y0 = i * strideY - top;
      const begin1 = max(0, y0), end1 = min(height, y0 + windowY);
      for (let j = 0; j < outWidth; j++) {
        const x0 = j * strideX - left;
        const begin2 = max(0, x0), end2 = min(width, x0 + windowX);
        if (apart) {
          window4(x, y, dy, dx, depth, row, begin1, end1, begin2, end2);
          y += pixel;
          dy += pixel;
          continue;
        }
        let c = 0;
        for (; c + 4 <= depth; c += 4) {
          const best = v128.load(y);
          if (v128.any_true(f32x4.ne(best, best))) {
            const at = <usize>c << 2;
            for (let k: usize = 0; k < 16; k += 4) {
              one(x + at + k, f32.load(y + k), f32.load(dy + k), dx + at + k, pixel, row, begin1, end1, begin2, end2);
            }
            y += 16;
            dy += 16;
            continue;
          }
          let rest = v128.load(dy); // what no input has taken yet
          for (let a = begin1; a < end1; a++) {
            let at = <usize>a * row + <usize>begin2 * pixel + (<usize>c << 2);
            for (let b = begin2; b < end2; b++) {
              const hit = f32x4.eq(v128.load(x + at), best);
              const to = dx + at;
              v128.store(to, f32x4.add(v128.load(to), v128.and(rest, hit)));
              rest = v128.andnot(rest, hit);
              at += pixel;
            }
          }
          y += 16;
          dy += 16;
        }
        for (; c < depth; c++) {
          const at = <usize>c << 2;
          one(x + at, f32.load(y), f32.load(dy), dx + at, pixel, row, begin1, end1, begin2, end2);
          y += 4;
          dy += 4;
        }
      }
    }
    x += <usize>height * row;
    dx += <usize>height * row;
  }
}

/** One channel of one window. */
function one(
  x: usize, best: f32, given: f32, dx: usize, pixel: usize, row: usize,
  begin1: i32, end1: i32, begin2: i32, end2: i32,
): void {
  const lost = best != best;
  let found: usize = -1;
  for (let a = begin1; a < end1; a++) {
    let at = <usize>a * row + <usize>begin2 * pixel;
    for (let b = begin2; b < end2; b++) {
      const value = f32.load(x + at);
      if (lost ? value != value : value == best && found == -1) found = at;
      at += pixel;
    }
  }
  if (found != -1) f32.store(dx + found, f32.load(dx + found) + given);
}

/**
 * One window that shares no input with another: it writes and need not add, so
 * the last vector of channels may overlap the one before.
 */
// @ts-ignore: decorator
@inline
function window4(
  x: usize, y: usize, dy: usize, dx: usize, depth: i32, row: usize,
  begin1: i32, end1: i32, begin2: i32, end2: i32,
): void {
  const pixel = <usize>depth << 2;
  for (let from = 0; from < depth; from += 4) {
    const c = <usize>min(from, depth - 4) << 2;
    const best = v128.load(y + c);
    if (v128.any_true(f32x4.ne(best, best))) {
      for (let k = c; k < c + 16; k += 4) {
        // The last vector overlaps the one before: start again from zero.
        for (let a = begin1; a < end1; a++) {
          for (let b = begin2; b < end2; b++) f32.store(dx + <usize>a * row + <usize>b * pixel + k, 0);
        }
        one(x + k, f32.load(y + k), f32.load(dy + k), dx + k, pixel, row, begin1, end1, begin2, end2);
      }
      continue;
    }
    let rest = v128.load(dy + c); // what no input has taken yet
    for (let a = begin1; a < end1; a++) {
      let at = <usize>a * row + <usize>begin2 * pixel + c;
      for (let b = begin2; b < end2; b++) {
        const hit = f32x4.eq(v128.load(x + at), best);
        v128.store(dx + at, v128.and(rest, hit));
        rest = v128.andnot(rest, hit);
        at += pixel;
      }
    }
  }
}
