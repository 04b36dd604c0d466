// Sums over rows: of the numbers, of squares, of products.

/** Groups of four rows that are summed by themselves, for precision. */
const BLOCK: i32 = 128;

/**
 * out[b, c] = factor * sum over rows of x[b, r, c]. `sums` is scratch for
 * columns * 4 numbers: four rows are added side by side, so narrow rows fill the
 * vectors too.
 */
export function sumRows(
  x: usize, blocks: i32, rows: i32, columns: i32, factor: f32, out: usize, sums: usize,
): void {
  const bytes = <usize>columns << 2;
  for (let b = 0; b < blocks; b++) {
    sumBlock(x, rows, columns, factor, out, sums);
    x += <usize>rows * bytes;
    out += bytes;
  }
}


function sumBlock(x: usize, rows: i32, columns: i32, factor: f32, out: usize, sums: usize): void {
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
    f32.store(out + (<usize>c << 2), factor * sum);
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

/** out[b, r, c] = factor * x[b, c]: the way back from sumRows. */
export function spreadRows(
  x: usize, blocks: i32, rows: i32, columns: i32, factor: f32, out: usize,
): void {
  const bytes = <usize>columns << 2;
  for (let b = 0; b < blocks; b++) {
    for (let c = 0; c < columns; c++) {
      f32.store(out + (<usize>c << 2), factor * f32.load(x + (<usize>c << 2)));
    }
    const first = out;
    out += bytes;
    for (let r = 1; r < rows; r++) {
      memory.copy(out, first, bytes);
      out += bytes;
    }
    x += bytes;
  }
}
