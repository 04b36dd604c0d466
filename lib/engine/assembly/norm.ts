// Batch normalisation in training. Rows of `columns` channels; what belongs to a
// channel comes repeated four times, so that four rows are handled side by side
// and rows of any width fill the vectors.

/** Groups of four rows that are summed by themselves, for precision. */
const BLOCK: i32 = 128;

/**
 * sums[c] = sum over rows of (x[r, c] - mean[c])^2.
 * `mean4` holds the means four times; `scratch` has room for columns * 4 numbers.
 */
export function sumSquares(
  x: usize, mean4: usize, rows: i32, columns: i32, sums: usize, scratch: usize,
): void {
  const period = <usize>columns << 4;
  memory.fill(scratch, 0, period);
  for (let group = 0; group < rows >> 2; group += BLOCK) {
    const count = min(BLOCK, (rows >> 2) - group);
    const block = x + <usize>group * period;
    let c = columns;
    let at: usize = 0;
    for (; c >= 4; c -= 4) {
      squares4(block + at, mean4 + at, count, period, scratch + at);
      at += 64;
    }
    for (; c > 0; c--) {
      const mean = v128.load(mean4 + at);
      let from = block + at, sum = f32x4.splat(0);
      for (let g = 0; g < count; g++) {
        const d = f32x4.sub(v128.load(from), mean);
        sum = f32x4.add(sum, f32x4.mul(d, d));
        from += period;
      }
      accumulate(scratch + at, sum);
      at += 16;
    }
  }
  fold(scratch, columns, sums);
  for (let r = rows & ~3; r < rows; r++) {
    for (let c = 0; c < columns; c++) {
      const at = <usize>c << 2;
      const d = f32.load(x + (<usize>(r * columns) << 2) + at) - f32.load(mean4 + at);
      f32.store(sums + at, f32.load(sums + at) + d * d);
    }
  }
}

// @ts-ignore: decorator
@inline
function accumulate(to: usize, sum: v128): void {
  v128.store(to, f32x4.add(v128.load(to), sum));
}

/** The squares of four neighbouring vectors of each group: a line of the cache. */
function squares4(from: usize, mean4: usize, count: i32, period: usize, to: usize): void {
  const m0 = v128.load(mean4), m1 = v128.load(mean4, 16), m2 = v128.load(mean4, 32), m3 = v128.load(mean4, 48);
  let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0;
  for (let g = 0; g < count; g++) {
    const d0 = f32x4.sub(v128.load(from), m0), d1 = f32x4.sub(v128.load(from, 16), m1);
    const d2 = f32x4.sub(v128.load(from, 32), m2), d3 = f32x4.sub(v128.load(from, 48), m3);
    s0 = f32x4.add(s0, f32x4.mul(d0, d0)); s1 = f32x4.add(s1, f32x4.mul(d1, d1));
    s2 = f32x4.add(s2, f32x4.mul(d2, d2)); s3 = f32x4.add(s3, f32x4.mul(d3, d3));
    from += period;
  }
  accumulate(to, s0); accumulate(to + 16, s1); accumulate(to + 32, s2); accumulate(to + 48, s3);
}

/** dy where x * factor + term is above 0 or NaN, else 0: as it comes through a ReLU. */
// @ts-ignore: decorator
@inline
function through(relu: bool, dy: v128, x: v128, factor: usize, term: usize): v128 {
  if (!relu) return dy;
  const y = f32x4.add(f32x4.mul(x, v128.load(factor)), v128.load(term));
  return v128.andnot(dy, f32x4.le(y, f32x4.splat(0)));
}

// @ts-ignore: decorator
@inline
function throughOne(relu: bool, dy: f32, x: f32, factor: usize, term: usize): f32 {
  return relu && x * f32.load(factor) + f32.load(term) <= 0 ? 0 : dy;
}

/**
 * sums[c] = sum over rows of dy, and sums[columns + c] = sum of dy * (x - mean).
 * `scratch` has room for columns * 8 numbers. Where a ReLU follows, `factor` and
 * `term` are what x was scaled with, at least four times; else they are 0.
 */
export function sumProducts(
  x: usize, mean4: usize, dy: usize, factor: usize, term: usize, rows: i32, columns: i32, sums: usize, scratch: usize,
): void {
  if (factor != 0) products(true, x, mean4, dy, factor, term, rows, columns, sums, scratch);
  else products(false, x, mean4, dy, 0, 0, rows, columns, sums, scratch);
}

// @ts-ignore: decorator
@inline
function products(
  relu: bool, x: usize, mean4: usize, dy: usize, factor: usize, term: usize, rows: i32, columns: i32, sums: usize,
  scratch: usize,
): void {
  const period = <usize>columns << 4, bytes = <usize>columns << 2;
  memory.fill(scratch, 0, period + period);
  for (let group = 0; group < rows >> 2; group += BLOCK) {
    const count = min(BLOCK, (rows >> 2) - group);
    const start = <usize>group * period;
    let c = columns;
    let at: usize = 0;
    for (; c >= 4; c -= 4) {
      products4(relu, x + start + at, mean4 + at, dy + start + at, factor + at, term + at, count, period, scratch + at);
      at += 64;
    }
    for (; c > 0; c--) {
      const mean = v128.load(mean4 + at);
      let from = start + at, sum = f32x4.splat(0), product = sum;
      for (let g = 0; g < count; g++) {
        const v = v128.load(x + from), d = through(relu, v128.load(dy + from), v, factor + at, term + at);
        sum = f32x4.add(sum, d);
        product = f32x4.add(product, f32x4.mul(d, f32x4.sub(v, mean)));
        from += period;
      }
      accumulate(scratch + at, sum);
      accumulate(scratch + period + at, product);
      at += 16;
    }
  }
  fold(scratch, columns, sums);
  fold(scratch + period, columns, sums + bytes);
  for (let r = rows & ~3; r < rows; r++) {
    for (let c = 0; c < columns; c++) {
      const at = <usize>c << 2, place = (<usize>(r * columns) << 2) + at, to = sums + at;
      const v = f32.load(x + place), d = throughOne(relu, f32.load(dy + place), v, factor + at, term + at);
      f32.store(to, f32.load(to) + d);
      f32.store(to + bytes, f32.load(to + bytes) + d * (v - f32.load(mean4 + at)));
    }
  }
}

/** The sums and products of four neighbouring vectors of each group. */
// @ts-ignore: decorator
@inline
function products4(
  relu: bool, x: usize, mean4: usize, dy: usize, factor: usize, term: usize, count: i32, period: usize, to: usize,
): void {
  const m0 = v128.load(mean4), m1 = v128.load(mean4, 16), m2 = v128.load(mean4, 32), m3 = v128.load(mean4, 48);
  let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0, p0 = s0, p1 = s0, p2 = s0, p3 = s0;
  for (let g = 0; g < count; g++) {
    let v = v128.load(x), d = through(relu, v128.load(dy), v, factor, term);
    s0 = f32x4.add(s0, d);
    p0 = f32x4.add(p0, f32x4.mul(d, f32x4.sub(v, m0)));
    v = v128.load(x, 16);
    d = through(relu, v128.load(dy, 16), v, factor + 16, term + 16);
    s1 = f32x4.add(s1, d);
    p1 = f32x4.add(p1, f32x4.mul(d, f32x4.sub(v, m1)));
    v = v128.load(x, 32);
    d = through(relu, v128.load(dy, 32), v, factor + 32, term + 32);
    s2 = f32x4.add(s2, d);
    p2 = f32x4.add(p2, f32x4.mul(d, f32x4.sub(v, m2)));
    v = v128.load(x, 48);
    d = through(relu, v128.load(dy, 48), v, factor + 48, term + 48);
    s3 = f32x4.add(s3, d);
    p3 = f32x4.add(p3, f32x4.mul(d, f32x4.sub(v, m3)));
    x += period; dy += period;
  }
  accumulate(to, s0); accumulate(to + 16, s1); accumulate(to + 32, s2); accumulate(to + 48, s3);
  to += period;
  accumulate(to, p0); accumulate(to + 16, p1); accumulate(to + 32, p2); accumulate(to + 48, p3);
}

/** Adds the four rows that were summed side by side. */
function fold(four: usize, columns: i32, sums: usize): void {
  const bytes = <usize>columns << 2;
  for (let c = 0; c < columns; c++) {
    const at = four + (<usize>c << 2);
    f32.store(
      sums + (<usize>c << 2),
      (f32.load(at) + f32.load(at + bytes)) +
        (f32.load(at + bytes + bytes) + f32.load(at + bytes + bytes + bytes)),
    );
  }
}

/**
 * dx = dy * a + x * b + c, with a, b, c a number for each channel, repeated. Where a
 * ReLU follows, `factor` and `term` are what x was scaled with; else they are 0.
 */
export function normGradient(
  x: usize, dy: usize, a: usize, b: usize, c: usize, factor: usize, term: usize, times: i32, out: usize, rows: i32,
  columns: i32,
): void {
  const size = times * columns, bytes = <usize>size << 2;
  let left = rows * columns;
  while (left > 0) {
    const count = min(left, size);
    if (factor != 0) slope(true, x, dy, a, b, c, factor, term, out, count);
    else slope(false, x, dy, a, b, c, 0, 0, out, count);
    x += bytes; dy += bytes; out += bytes;
    left -= size;
  }
}

// @ts-ignore: decorator
@inline
function slope(
  relu: bool, x: usize, dy: usize, a: usize, b: usize, c: usize, factor: usize, term: usize, out: usize, size: i32,
): void {
  let at: usize = 0, i = size;
  while (i >= 4) {
    const v = v128.load(x + at), d = through(relu, v128.load(dy + at), v, factor + at, term + at);
    const sum = f32x4.add(f32x4.mul(d, v128.load(a + at)), v128.load(c + at));
    v128.store(out + at, f32x4.add(f32x4.mul(v, v128.load(b + at)), sum));
    at += 16;
    i -= 4;
  }
  while (i-- > 0) {
    const v = f32.load(x + at), d = throughOne(relu, f32.load(dy + at), v, factor + at, term + at);
    f32.store(out + at, v * f32.load(b + at) + (d * f32.load(a + at) + f32.load(c + at)));
    at += 4;
  }
}
