// Passes over whole tensors, one load and one store a number.

/** out = a + b. */
export function addSame(a: usize, b: usize, out: usize, size: i32): void {
  let i = size;
  while (i >= 4) {
    v128.store(out, f32x4.add(v128.load(a), v128.load(b)));
    a += 16; b += 16; out += 16;
    i -= 4;
  }
  while (i-- > 0) {
    f32.store(out, f32.load(a) + f32.load(b));
    a += 4; b += 4; out += 4;
  }
}

/**
 * out[r, c] = x[r, c] + row[c]. `repeated` holds the row repeated to a whole
 * number of vectors: columns * 4 numbers.
 */
export function addRows(x: usize, row: usize, out: usize, rows: i32, columns: i32, repeated: usize): void {
  const bytes = <usize>columns << 2;
  for (let i: usize = 0; i < 4; i++) memory.copy(repeated + i * bytes, row, bytes);
  let left = rows * columns;
  const period = bytes << 2;
  while (left >= 4) {
    const count = min(left >> 2, columns);
    for (let i = 0; i < count; i++) {
      const at = <usize>i << 4;
      v128.store(out + at, f32x4.add(v128.load(x + at), v128.load(repeated + at)));
    }
    left -= count << 2;
    if (count < columns) {
      const done = <usize>count << 4;
      x += done; out += done; repeated += done;
      break;
    }
    x += period; out += period;
  }
  while (left-- > 0) {
    f32.store(out, f32.load(x) + f32.load(repeated));
    x += 4; out += 4; repeated += 4;
  }
}

/** dx = x > 0 ? dy : 0 (and NaN in x gives 0, as in tfjs's step). */
export function reluGradient(x: usize, dy: usize, out: usize, size: i32): void {
  const zero = f32x4.splat(0);
  let i = size;
  while (i >= 4) {
    v128.store(out, v128.and(v128.load(dy), f32x4.gt(v128.load(x), zero)));
    x += 16; dy += 16; out += 16;
    i -= 4;
  }
  while (i-- > 0) {
    f32.store(out, f32.load(x) > 0 ? f32.load(dy) : 0);
    x += 4; dy += 4; out += 4;
  }
}

/** Groups of four rows that are summed by themselves, for precision. */
const BLOCK: i32 = 128;

/**
 * out[c] = sum over rows of x[r, c]. `sums` is scratch for columns * 4 numbers:
 * four rows are added side by side, so narrow rows fill the vectors too.
 */
export function sumRows(x: usize, rows: i32, columns: i32, out: usize, sums: usize): void {
  const bytes = <usize>columns << 2, period = bytes << 2;
  memory.fill(sums, 0, period);
  let left = rows >> 2;
  while (left > 0) {
    const groups = min(BLOCK, left);
    for (let c = 0; c < columns; c += 8) {
      const at = x + (<usize>c << 4), to = sums + (<usize>c << 4);
      const width = min(8, columns - c);
      if (width == 8) {
        addGroups8(at, groups, period, to);
      } else {
        for (let i = 0; i < width; i++) addGroups(at + (<usize>i << 4), groups, period, to + (<usize>i << 4));
      }
    }
    x += <usize>groups * period;
    left -= groups;
  }
  for (let c = 0; c < columns; c++) {
    const at = sums + (<usize>c << 2);
    let sum = f32.load(at) + f32.load(at + bytes) +
      (f32.load(at + bytes + bytes) + f32.load(at + bytes + bytes + bytes));
    for (let r = 0; r < (rows & 3); r++) sum += f32.load(x + <usize>r * bytes + (<usize>c << 2));
    f32.store(out + (<usize>c << 2), sum);
  }
}

/** Adds one vector of each group. */
function addGroups(from: usize, groups: i32, period: usize, to: usize): void {
  let s = f32x4.splat(0);
  for (let g = 0; g < groups; g++) {
    s = f32x4.add(s, v128.load(from));
    from += period;
  }
  v128.store(to, f32x4.add(v128.load(to), s));
}

/** Adds eight neighbouring vectors of each group. */
function addGroups8(at: usize, groups: i32, period: usize, to: usize): void {
  let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0, s4 = s0, s5 = s0, s6 = s0, s7 = s0;
  for (let g = 0; g < groups; g++) {
    s0 = f32x4.add(s0, v128.load(at)); s1 = f32x4.add(s1, v128.load(at, 16));
    s2 = f32x4.add(s2, v128.load(at, 32)); s3 = f32x4.add(s3, v128.load(at, 48));
    s4 = f32x4.add(s4, v128.load(at, 64)); s5 = f32x4.add(s5, v128.load(at, 80));
    s6 = f32x4.add(s6, v128.load(at, 96)); s7 = f32x4.add(s7, v128.load(at, 112));
    at += period;
  }
  v128.store(to, f32x4.add(v128.load(to), s0)); v128.store(to, f32x4.add(v128.load(to, 16), s1), 16);
  v128.store(to, f32x4.add(v128.load(to, 32), s2), 32); v128.store(to, f32x4.add(v128.load(to, 48), s3), 48);
  v128.store(to, f32x4.add(v128.load(to, 64), s4), 64); v128.store(to, f32x4.add(v128.load(to, 80), s5), 80);
  v128.store(to, f32x4.add(v128.load(to, 96), s6), 96); v128.store(to, f32x4.add(v128.load(to, 112), s7), 112);
}
