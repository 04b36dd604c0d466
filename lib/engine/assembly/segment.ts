// Looking rows up (an embedding), and its gradient: sums by segment.

/** out[ids[r]] += x[r]; rows with an id outside 0 to segments - 1 are dropped. */
export function segmentSum(
  x: usize, ids: usize, rows: i32, columns: i32, segments: i32, out: usize,
): void {
  const bytes = <usize>columns << 2;
  for (let r = 0; r < rows; r++) {
    const id = i32.load(ids + (<usize>r << 2));
    if (id >= 0 && id < segments) {
      let to = out + <usize>id * bytes, from = x, c = columns;
      while (c >= 4) {
        v128.store(to, f32x4.add(v128.load(to), v128.load(from)));
        to += 16; from += 16;
        c -= 4;
      }
      while (c-- > 0) {
        f32.store(to, f32.load(to) + f32.load(from));
        to += 4; from += 4;
      }
    }
    x += bytes;
  }
}

/** out[r] = x[ids[r]], `count` rows of `columns` numbers; every id is known to be one of x's. */
export function gatherRows(x: usize, ids: usize, count: i32, columns: i32, out: usize): void {
  const bytes = <usize>columns << 2;
  for (let r = 0; r < count; r++) {
    let from = x + <usize>i32.load(ids + (<usize>r << 2)) * bytes, c = columns;
    while (c >= 4) {
      v128.store(out, v128.load(from));
      out += 16; from += 16;
      c -= 4;
    }
    while (c-- > 0) {
      i32.store(out, i32.load(from));
      out += 4; from += 4;
    }
  }
}
