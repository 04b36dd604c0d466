// Pooling, and max pooling's gradient. Sizes of x: [images, height, width, depth].

/**
 * The largest input of each window, or with `mean` 1 the mean of those inside the
 * image, for inputs with NaN or infinities: a NaN in a window is its output.
 */
export function pool(
  mean: i32, x: usize, y: usize,
  images: i32, height: i32, width: i32, depth: i32, outHeight: i32, outWidth: i32,
  windowY: i32, windowX: i32, strideY: i32, strideX: i32, top: i32, left: i32,
): void {
  const pixel = <usize>depth << 2, row = <usize>width * pixel;
  for (let n = 0; n < images; n++) {
    for (let i = 0; i < outHeight; i++) {
      const y0 = i * strideY - top;
      const begin1 = max(0, y0), end1 = min(height, y0 + windowY);
      for (let j = 0; j < outWidth; j++) {
        const x0 = j * strideX - left;
        const begin2 = max(0, x0), end2 = min(width, x0 + windowX);
        for (let c: usize = 0; c < pixel; c += 4) {
          let all: f32 = mean ? 0 : -Infinity;
          for (let a = begin1; a < end1; a++) {
            for (let b = begin2; b < end2; b++) {
              const value = f32.load(x + <usize>a * row + <usize>b * pixel + c);
              if (mean) all += value;
              else if (value > all || value != value) all = value;
            }
          }
          f32.store(y + c, mean ? all / <f32>((end1 - begin1) * (end2 - begin2)) : all);
        }
        y += pixel;
      }
    }
    x += <usize>height * row;
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
