// Partial sums put together.

/** out[i] = the sum over parts of from[part * step + i], in the order of the parts. */
export function addParts(from: usize, step: usize, parts: i32, size: i32, out: usize): void {
  let i = size;
  while (i >= 4) {
    let at = from, sum = v128.load(at);
    for (let part = 1; part < parts; part++) {
      at += step;
      sum = f32x4.add(sum, v128.load(at));
    }
    v128.store(out, sum);
    from += 16; out += 16;
    i -= 4;
  }
  while (i-- > 0) {
    let at = from, sum = f32.load(at);
    for (let part = 1; part < parts; part++) {
      at += step;
      sum += f32.load(at);
    }
    f32.store(out, sum);
    from += 4; out += 4;
  }
}
