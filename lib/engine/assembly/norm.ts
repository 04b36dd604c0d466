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
    for (let c = 0; c < columns; c++) {
      const at = <usize>c << 4, mean = v128.load(mean4 + at);
      let from = block + at, sum = f32x4.splat(0);
      for (let g = 0; g < count; g++) {
        const d = f32x4.sub(v128.load(from), mean);
        sum = f32x4.add(sum, f32x4.mul(d, d));
        from += period;
      }
      v128.store(scratch + at, f32x4.add(v128.load(scratch + at), sum));
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

/**
 * sums[c] = sum over rows of dy, and sums[columns + c] = sum of dy * (x - mean).
 * `scratch` has room for columns * 8 numbers.
 */
export function sumProducts(
  x: usize, mean4: usize, dy: usize, rows: i32, columns: i32, sums: usize, scratch: usize,
): void {
  const period = <usize>columns << 4, bytes = <usize>columns << 2;
  memory.fill(scratch, 0, period + period);
  for (let group = 0; group < rows >> 2; group += BLOCK) {
    const count = min(BLOCK, (rows >> 2) - group);
    const start = <usize>group * period;
    for (let c = 0; c < columns; c++) {
      const at = <usize>c << 4, mean = v128.load(mean4 + at);
      let from = start + at, sum = f32x4.splat(0), product = sum;
      for (let g = 0; g < count; g++) {
        const d = v128.load(dy + from);
        sum = f32x4.add(sum, d);
        product = f32x4.add(product, f32x4.mul(d, f32x4.sub(v128.load(x + from), mean)));
        from += period;
      }
      const to = scratch + at;
      v128.store(to, f32x4.add(v128.load(to), sum));
      v128.store(to + period, f32x4.add(v128.load(to + period), product));
    }
  }
  fold(scratch, columns, sums);
  fold(scratch + period, columns, sums + bytes);
  for (let r = rows & ~3; r < rows; r++) {
    for (let c = 0; c < columns; c++) {
      const at = <usize>c << 2, place = (<usize>(r * columns) << 2) + at;
      const d = f32.load(dy + place), to = sums + at;
      f32.store(to, f32.load(to) + d);
      f32.store(to + bytes, f32.load(to + bytes) + d * (f32.load(x + place) - f32.load(mean4 + at)));
    }
  }
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

/** dx = dy * a + x * b + c, with a, b, c a number for each channel, repeated. */
export function normGradient(
  x: usize, dy: usize, a: usize, b: usize, c: usize, times: i32, out: usize, rows: i32, columns: i32,
): void {
  const size = times * columns, bytes = <usize>size << 2;
  let left = rows * columns;
  while (left > 0) {
    let at: usize = 0, i = min(left, size);
    while (i >= 4) {
      const sum = f32x4.add(f32x4.mul(v128.load(dy + at), v128.load(a + at)), v128.load(c + at));
      v128.store(out + at, f32x4.add(f32x4.mul(v128.load(x + at), v128.load(b + at)), sum));
      at += 16;
      i -= 4;
    }
    while (i-- > 0) {
      f32.store(out + at, f32.load(x + at) * f32.load(b + at) + (f32.load(dy + at) * f32.load(a + at) + f32.load(c + at)));
      at += 4;
    }
    x += bytes; dy += bytes; out += bytes;
    left -= size;
  }
}
