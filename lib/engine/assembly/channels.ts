// Batch normalisation: what belongs to a channel, in double precision, from sums over
// the parts of an image.

// @ts-ignore: decorator
@inline
function together(sums: usize, parts: i32, step: usize): f64 {
  let sum: f64 = 0;
  for (let part = 0; part < parts; part++) {
    sum += <f64>f32.load(sums);
    sums += step;
  }
  return sum;
}

// @ts-ignore: decorator
@inline
function read(row: usize, at: usize): f64 {
  return <f64>f32.load(row + at);
}

// @ts-ignore: decorator
@inline
function write(row: usize, at: usize, value: f64): void {
  f32.store(row + at, <f32>value);
}

/** out[c] = the sum over parts of sums[part, c], in their order, divided by rows. */
export function meanOfParts(sums: usize, parts: i32, rows: i32, columns: i32, out: usize): void {
  const bytes = <usize>columns << 2;
  for (let at: usize = 0; at < bytes; at += 4) {
    write(out, at, together(sums + at, parts, bytes) / <f64>rows);
  }
}

/**
 * factor = gamma / deviation and term = beta - mean * factor, with which
 * x * factor + term is normalised. Where gamma or beta is 0, it is 1 or 0 for all.
 */
export function normScale(
  mean: usize, variance: usize, gamma: usize, beta: usize, epsilon: f64, factor: usize, term: usize, columns: i32,
): void {
  const bytes = <usize>columns << 2;
  for (let at: usize = 0; at < bytes; at += 4) {
    const g: f64 = gamma == 0 ? 1 : read(gamma, at), b: f64 = beta == 0 ? 0 : read(beta, at);
    write(factor, at, g / sqrt<f64>(read(variance, at) + epsilon));
    write(term, at, b - read(mean, at) * read(factor, at));
  }
}

/** average -= (average - now) * share: a moving average follows a batch. */
export function follow(average: usize, now: usize, share: f32, columns: i32): void {
  const end = average + (<usize>columns << 2);
  for (; average < end; average += 4) {
    const old = f32.load(average);
    f32.store(average, old - (old - f32.load(now)) * share);
    now += 4;
  }
}

/**
 * From sumProducts of all parts: dGamma and dBeta, and a, b and c, with which
 * dx = dy * a + x * b + c.
 */
export function normSlopes(
  sums: usize, parts: i32, rows: i32, mean: usize, variance: usize, gamma: usize, epsilon: f64,
  dGamma: usize, dBeta: usize, a: usize, b: usize, c: usize, columns: i32,
): void {
  const bytes = <usize>columns << 2, count = <f64>rows;
  for (let at: usize = 0; at < bytes; at += 4) {
    const sum = together(sums + at, parts, bytes + bytes);
    const product = together(sums + bytes + at, parts, bytes + bytes);
    const inverse = <f64><f32>(1 / sqrt<f64>(read(variance, at) + epsilon));
    write(dBeta, at, sum);
    write(dGamma, at, product * inverse);
    write(a, at, read(gamma, at) * inverse);
    write(b, at, -read(a, at) * (inverse * inverse) * product / count);
    write(c, at, -read(a, at) * sum / count - read(b, at) * read(mean, at));
  }
}
