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
function through(relu: bool, dy: v128, x: v128, factor: v128, term: v128): v128 {
  if (!relu) return dy;
  const y = f32x4.add(f32x4.mul(x, factor), term);
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
    for (; !relu && c >= 4; c -= 4) { // with a ReLU, two have all that they need at hand
      products4(x + start + at, mean4 + at, dy + start + at, count, period, scratch + at);
      at += 64;
    }
    for (; c >= 2; c -= 2) {
      products2(relu, x + start + at, mean4 + at, dy + start + at, factor + at, term + at, count, period, scratch + at);
      at += 32;
    }
    if (c > 0) {
      const mean = v128.load(mean4 + at), none = f32x4.splat(0);
      const f = relu ? v128.load(factor + at) : none, t = relu ? v128.load(term + at) : none;
      let from = start + at, sum = none, product = none;
      for (let g = 0; g < count; g++) {
        const v = v128.load(x + from), d = through(relu, v128.load(dy + from), v, f, t);
        sum = f32x4.add(sum, d);
        product = f32x4.add(product, f32x4.mul(d, f32x4.sub(v, mean)));
        from += period;
      }
      accumulate(scratch + at, sum);
      accumulate(scratch + period + at, product);
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

/** The sums and products of four neighbouring vectors of each group: a line of the cache. */
function products4(x: usize, mean4: usize, dy: usize, count: i32, period: usize, to: usize): void {
  const m0 = v128.load(mean4), m1 = v128.load(mean4, 16), m2 = v128.load(mean4, 32), m3 = v128.load(mean4, 48);
  let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0, p0 = s0, p1 = s0, p2 = s0, p3 = s0;
  for (let g = 0; g < count; g++) {
    let d = v128.load(dy);
    s0 = f32x4.add(s0, d);
    p0 = f32x4.add(p0, f32x4.mul(d, f32x4.sub(v128.load(x), m0)));
    d = v128.load(dy, 16);
    s1 = f32x4.add(s1, d);
    p1 = f32x4.add(p1, f32x4.mul(d, f32x4.sub(v128.load(x, 16), m1)));
    d = v128.load(dy, 32);
    s2 = f32x4.add(s2, d);
    p2 = f32x4.add(p2, f32x4.mul(d, f32x4.sub(v128.load(x, 32), m2)));
    d = v128.load(dy, 48);
    s3 = f32x4.add(s3, d);
    p3 = f32x4.add(p3, f32x4.mul(d, f32x4.sub(v128.load(x, 48), m3)));
    x += period; dy += period;
  }
  accumulate(to, s0); accumulate(to + 16, s1); accumulate(to + 32, s2); accumulate(to + 48, s3);
  to += period;
  accumulate(to, p0); accumulate(to + 16, p1); accumulate(to + 32, p2); accumulate(to + 48, p3);
}

/** The sums and products of two neighbouring vectors of each group. */
// @ts-ignore: decorator
@inline
function products2(
  relu: bool, x: usize, mean4: usize, dy: usize, factor: usize, term: usize, count: i32, period: usize, to: usize,
): void {
  const m0 = v128.load(mean4), m1 = v128.load(mean4, 16);
  const f0 = relu ? v128.load(factor) : m0, f1 = relu ? v128.load(factor, 16) : m0;
  const t0 = relu ? v128.load(term) : m0, t1 = relu ? v128.load(term, 16) : m0;
  let s0 = f32x4.splat(0), s1 = s0, p0 = s0, p1 = s0;
  for (let g = 0; g < count; g++) {
    const v0 = v128.load(x), v1 = v128.load(x, 16);
    const d0 = through(relu, v128.load(dy), v0, f0, t0), d1 = through(relu, v128.load(dy, 16), v1, f1, t1);
    s0 = f32x4.add(s0, d0);
    p0 = f32x4.add(p0, f32x4.mul(d0, f32x4.sub(v0, m0)));
    s1 = f32x4.add(s1, d1);
    p1 = f32x4.add(p1, f32x4.mul(d1, f32x4.sub(v1, m1)));
    x += period; dy += period;
  }
  accumulate(to, s0); accumulate(to + 16, s1);
  to += period;
  accumulate(to, p0); accumulate(to + 16, p1);
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
  if (factor != 0 && (columns & 15) == 0) {
    slopes(x, dy, a, b, c, factor, term, out, rows, <usize>columns << 2);
    return;
  }
  while (left > 0) {
    const count = min(left, size);
    if (factor != 0) slope(true, x, dy, a, b, c, factor, term, out, count);
    else slope(false, x, dy, a, b, c, 0, 0, out, count);
    x += bytes; dy += bytes; out += bytes;
    left -= size;
  }
}

/** Bytes of rows that are handled together: they stay in the first cache. */
const TOGETHER: i32 = 2048;

/** Behind a ReLU, a line of the cache in some rows at a time: what belongs to its channels stays at hand. */
function slopes(
  x: usize, dy: usize, a: usize, b: usize, c: usize, factor: usize, term: usize, out: usize, left: i32, bytes: usize,
): void {
  while (left > 0) {
    const count = min(left, max(TOGETHER / <i32>bytes, 1));
    for (let at: usize = 0; at < bytes; at += 64) {
      const a0 = v128.load(a + at), a1 = v128.load(a + at, 16), a2 = v128.load(a + at, 32), a3 = v128.load(a + at, 48);
      const b0 = v128.load(b + at), b1 = v128.load(b + at, 16), b2 = v128.load(b + at, 32), b3 = v128.load(b + at, 48);
      const c0 = v128.load(c + at), c1 = v128.load(c + at, 16), c2 = v128.load(c + at, 32), c3 = v128.load(c + at, 48);
      const f0 = v128.load(factor + at), f1 = v128.load(factor + at, 16);
      const f2 = v128.load(factor + at, 32), f3 = v128.load(factor + at, 48);
      const t0 = v128.load(term + at), t1 = v128.load(term + at, 16);
      const t2 = v128.load(term + at, 32), t3 = v128.load(term + at, 48);
      let from = x + at, given = dy + at, to = out + at;
      for (let row = 0; row < count; row++) {
        const v0 = v128.load(from), d0 = through(true, v128.load(given), v0, f0, t0);
        v128.store(to, f32x4.add(f32x4.mul(v0, b0), f32x4.add(f32x4.mul(d0, a0), c0)));
        const v1 = v128.load(from, 16), d1 = through(true, v128.load(given, 16), v1, f1, t1);
        v128.store(to, f32x4.add(f32x4.mul(v1, b1), f32x4.add(f32x4.mul(d1, a1), c1)), 16);
        const v2 = v128.load(from, 32), d2 = through(true, v128.load(given, 32), v2, f2, t2);
        v128.store(to, f32x4.add(f32x4.mul(v2, b2), f32x4.add(f32x4.mul(d2, a2), c2)), 32);
        const v3 = v128.load(from, 48), d3 = through(true, v128.load(given, 48), v3, f3, t3);
        v128.store(to, f32x4.add(f32x4.mul(v3, b3), f32x4.add(f32x4.mul(d3, a3), c3)), 48);
        from += bytes; given += bytes; to += bytes;
      }
    }
    const done = <usize>count * bytes;
    x += done; dy += done; out += done;
    left -= count;
  }
}

// @ts-ignore: decorator
@inline
function slope(
  relu: bool, x: usize, dy: usize, a: usize, b: usize, c: usize, factor: usize, term: usize, out: usize, size: i32,
): void {
  let at: usize = 0, i = size;
  while (i >= 4) {
    const v = v128.load(x + at), none = f32x4.splat(0);
    const f = relu ? v128.load(factor + at) : none, t = relu ? v128.load(term + at) : none;
    const d = through(relu, v128.load(dy + at), v, f, t);
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
