// Passes over whole tensors, one load and one store a number.

/**
 * What `combine` and `combineRow` compute: 0 a + b, 1 a - b, 2 a * b, 3 the larger
 * one, 4 the smaller one, 5 a + b or 0 if that is larger. A NaN in either gives NaN.
 */
// @ts-ignore: decorator
@inline
function vector(op: i32, a: v128, b: v128): v128 {
  if (op == 0) return f32x4.add(a, b);
  if (op == 1) return f32x4.sub(a, b);
  // pmax and pmin keep a NaN of a; all ones are a NaN for that of b.
  if (op == 3) return v128.or(f32x4.pmax(a, b), f32x4.ne(b, b));
  if (op == 4) return v128.or(f32x4.pmin(a, b), f32x4.ne(b, b));
  if (op == 5) return f32x4.pmax(f32x4.add(a, b), f32x4.splat(0));
  return f32x4.mul(a, b);
}

// @ts-ignore: decorator
@inline
function single(op: i32, a: f32, b: f32): f32 {
  if (op == 0) return a + b;
  if (op == 1) return a - b;
  if (op == 3) return max<f32>(a, b);
  if (op == 4) return min<f32>(a, b);
  if (op == 5) return max<f32>(a + b, 0);
  return a * b;
}

/** out = a op b, number by number. */
// @ts-ignore: decorator
@inline
function pass(op: i32, a: usize, b: usize, out: usize, size: i32): void {
  let i = size;
  while (i >= 4) {
    v128.store(out, vector(op, v128.load(a), v128.load(b)));
    a += 16; b += 16; out += 16;
    i -= 4;
  }
  while (i-- > 0) {
    f32.store(out, single(op, f32.load(a), f32.load(b)));
    a += 4; b += 4; out += 4;
  }
}

/** out = a op b for tensors of one shape. */
export function combine(op: i32, a: usize, b: usize, out: usize, size: i32): void {
  if (op == 0) pass(0, a, b, out, size);
  else if (op == 1) pass(1, a, b, out, size);
  else if (op == 3) pass(3, a, b, out, size);
  else if (op == 4) pass(4, a, b, out, size);
  else if (op == 5) pass(5, a, b, out, size);
  else pass(2, a, b, out, size);
}

/** Copies a row of numbers `times` times, one after the other. */
export function repeat(row: usize, columns: i32, times: i32, out: usize): void {
  const bytes = <usize>columns << 2;
  for (let i = 0; i < times; i++) {
    memory.copy(out, row, bytes);
    out += bytes;
  }
}

/**
 * out[r, c] = a[r, c] op row[c]. `block` holds the row `times` times: one block
 * is combined at a time, so that rows of any width fill the vectors.
 */
export function combineRow(
  op: i32, a: usize, block: usize, times: i32, out: usize, rows: i32, columns: i32,
): void {
  const size = times * columns, bytes = <usize>size << 2;
  let left = rows * columns;
  while (left > 0) {
    combine(op, a, block, out, min(left, size));
    a += bytes; out += bytes;
    left -= size;
  }
}

// @ts-ignore: decorator
@inline
function scaled(
  add: usize, relu: bool, x: usize, factor: usize, term: usize, out: usize, size: i32,
): void {
  let at: usize = 0, i = size;
  while (i >= 4) {
    let v = f32x4.add(f32x4.mul(v128.load(x + at), v128.load(factor + at)), v128.load(term + at));
    if (add != 0) v = f32x4.add(v, v128.load(add + at));
    v128.store(out + at, relu ? f32x4.pmax(v, f32x4.splat(0)) : v);
    at += 16;
    i -= 4;
  }
  while (i-- > 0) {
    let v = f32.load(x + at) * f32.load(factor + at) + f32.load(term + at);
    if (add != 0) v += f32.load(add + at);
    f32.store(out + at, relu ? max<f32>(v, 0) : v);
    at += 4;
  }
}

/**
 * out[r, c] = x[r, c] * factor[c] + term[c], with both repeated as above; before it is
 * stored, add[r, c] is added unless `add` is 0, and with `relu` what is below 0 is 0.
 */
export function scaleRow(
  x: usize, factor: usize, term: usize, times: i32, add: usize, relu: i32, out: usize, rows: i32, columns: i32,
): void {
  const size = times * columns, bytes = <usize>size << 2;
  let left = rows * columns;
  while (left > 0) {
    const count = min(left, size);
    if (add != 0) {
      if (relu) scaled(add, true, x, factor, term, out, count);
      else scaled(add, false, x, factor, term, out, count);
      add += bytes;
    } else if (relu) scaled(0, true, x, factor, term, out, count);
    else scaled(0, false, x, factor, term, out, count);
    x += bytes; out += bytes;
    left -= size;
  }
}

/** Each number of x, no smaller than `low` and no larger than `high`; NaN stays. */
export function clip(x: usize, low: f32, high: f32, out: usize, size: i32): void {
  const least = f32x4.splat(low), most = f32x4.splat(high);
  let i = size;
  while (i >= 4) {
    v128.store(out, f32x4.pmin(f32x4.pmax(v128.load(x), least), most));
    x += 16; out += 16;
    i -= 4;
  }
  while (i-- > 0) {
    f32.store(out, min<f32>(max<f32>(f32.load(x), low), high));
    x += 4; out += 4;
  }
}

/** Whether a number is NaN or infinite: 1 or 0. */
export function strays(x: usize, size: i32): i32 {
  let found = f32x4.splat(0);
  let i = size;
  while (i >= 4) {
    const value = v128.load(x), none = f32x4.sub(value, value); // else NaN
    found = v128.or(found, f32x4.ne(none, none));
    x += 16;
    i -= 4;
  }
  let stray = v128.any_true(found);
  while (i-- > 0) {
    const none = f32.load(x) - f32.load(x);
    if (none != none) stray = true;
    x += 4;
  }
  return stray ? 1 : 0;
}

/**
 * dx = x <= 0 or x >= limit ? 0 : dy, so that the gradient at a NaN is not lost. The
 * limit is Infinity for a ReLU, 6 for a ReLU6.
 */
export function reluGradient(x: usize, dy: usize, limit: f32, out: usize, size: i32): void {
  if (limit == Infinity) through(false, x, dy, limit, out, size);
  else through(true, x, dy, limit, out, size);
}

// @ts-ignore: decorator
@inline
function through(limited: bool, x: usize, dy: usize, limit: f32, out: usize, size: i32): void {
  const zero = f32x4.splat(0), most = f32x4.splat(limit);
  let i = size;
  while (i >= 4) {
    const v = v128.load(x);
    let none = f32x4.le(v, zero);
    if (limited) none = v128.or(none, f32x4.ge(v, most));
    v128.store(out, v128.andnot(v128.load(dy), none));
    x += 16; dy += 16; out += 16;
    i -= 4;
  }
  while (i-- > 0) {
    const v = f32.load(x);
    f32.store(out, v <= 0 || limited && v >= limit ? 0 : f32.load(dy));
    x += 4; dy += 4; out += 4;
  }
}
