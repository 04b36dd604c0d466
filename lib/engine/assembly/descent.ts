// One step of gradient descent.

/** a = momentum * a + g; x = x - rate * a. Without momentum (a = 0) x = x - rate * g. */
export function descend(x: usize, g: usize, a: usize, size: i32, rate: f32, momentum: f32): void {
  const by = f32x4.splat(-rate), share = f32x4.splat(momentum);
  let i = size;
  while (i >= 4) {
    let step = v128.load(g);
    if (a != 0) {
      step = f32x4.add(f32x4.mul(share, v128.load(a)), step);
      v128.store(a, step);
      a += 16;
    }
    v128.store(x, f32x4.add(f32x4.mul(step, by), v128.load(x)));
    x += 16; g += 16;
    i -= 4;
  }
  while (i-- > 0) {
    let step = f32.load(g);
    if (a != 0) {
      step = momentum * f32.load(a) + step;
      f32.store(a, step);
      a += 4;
    }
    f32.store(x, step * -rate + f32.load(x));
    x += 4; g += 4;
  }
}
