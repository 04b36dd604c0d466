// One step of the Adam optimiser.

/**
 * m = beta1 * m + (1 - beta1) * g; v = beta2 * v + (1 - beta2) * g * g;
 * out = x - rate * (m / correction1) / (sqrt(v / correction2) + epsilon)
 */
export function adam(
  x: usize, g: usize, m: usize, v: usize, newX: usize, newM: usize, newV: usize, size: i32,
  beta1: f32, beta2: f32, rate: f32, correction1: f32, correction2: f32, epsilon: f32,
): void {
  const b1 = f32x4.splat(beta1), a1 = f32x4.splat(1 - beta1);
  const b2 = f32x4.splat(beta2), a2 = f32x4.splat(1 - beta2);
  const step = f32x4.splat(rate / correction1), c2 = f32x4.splat(1 / correction2);
  const eps = f32x4.splat(epsilon);
  let i = size;
  while (i >= 4) {
    const grad = v128.load(g);
    const mean = f32x4.add(f32x4.mul(v128.load(m), b1), f32x4.mul(grad, a1));
    const square = f32x4.add(f32x4.mul(v128.load(v), b2), f32x4.mul(f32x4.mul(grad, grad), a2));
    v128.store(newM, mean);
    v128.store(newV, square);
    const by = f32x4.add(f32x4.sqrt(f32x4.mul(square, c2)), eps);
    v128.store(newX, f32x4.sub(v128.load(x), f32x4.div(f32x4.mul(mean, step), by)));
    x += 16; g += 16; m += 16; v += 16; newX += 16; newM += 16; newV += 16;
    i -= 4;
  }
  while (i-- > 0) {
    const grad = f32.load(g);
    const mean = f32.load(m) * beta1 + grad * (1 - beta1);
    const square = f32.load(v) * beta2 + grad * grad * (1 - beta2);
    f32.store(newM, mean);
    f32.store(newV, square);
    f32.store(newX, f32.load(x) - mean * (rate / correction1) / (sqrt<f32>(square * (1 / correction2)) + epsilon));
    x += 4; g += 4; m += 4; v += 4; newX += 4; newM += 4; newV += 4;
  }
}
