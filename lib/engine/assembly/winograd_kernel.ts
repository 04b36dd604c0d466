// Winograd's transforms of a whole kernel, and back from its gradient; see
// winograd.ts. Each goes over the columns, into `temp`, and then over the rows;
// `temp` is scratch for 18 vectors. The positions' panels, and their sums, are 64
// bytes longer than needed, to spread over cache sets.
import { add, madd, sub } from "./simd";

/** Four numbers `step` bytes apart. */
// @ts-ignore: decorator
@inline
function four(from: usize, step: usize): v128 {
  if (step == 4) return v128.load(from);
  let v = v128.load32_zero(from);
  v = v128.load_lane<f32>(from + step, v, 1);
  v = v128.load_lane<f32>(from + step + step, v, 2);
  return v128.load_lane<f32>(from + step + step + step, v, 3);
}

/** G times three vectors: m + 2 results, `step` bytes apart. */
// @ts-ignore: decorator
@inline
function timesG(m: i32, g0: v128, g1: v128, g2: v128, to: usize, step: usize): void {
  if (m == 2) {
    const half = f32x4.splat(0.5);
    const even = f32x4.mul(add(g0, g2), half), odd = f32x4.mul(g1, half);
    v128.store(to, g0); to += step;
    v128.store(to, add(even, odd)); to += step;
    v128.store(to, sub(even, odd)); to += step;
    v128.store(to, g2);
    return;
  }
  const sixth = f32x4.splat(-1.0 / 6);
  const even = f32x4.mul(add(g0, g2), sixth), odd = f32x4.mul(g1, sixth);
  const even2 = madd(g0, f32x4.splat(1.0 / 24), f32x4.mul(g2, f32x4.splat(1.0 / 6)));
  const odd2 = f32x4.mul(g1, f32x4.splat(1.0 / 12));
  v128.store(to, f32x4.mul(g0, f32x4.splat(0.25))); to += step;
  v128.store(to, add(even, odd)); to += step;
  v128.store(to, sub(even, odd)); to += step;
  v128.store(to, add(even2, odd2)); to += step;
  v128.store(to, sub(even2, odd2)); to += step;
  v128.store(to, g2);
}

/**
 * G g G^T for all cin and the outputs `first` to `last` - 1 (multiples of eight, or
 * cout), packed into panels of eight columns for each position. The steps (bytes)
 * say how the kernel lies.
 */
export function winogradFilter(
  m: i32, kernel: usize, tapStep: i32, inStep: usize, outStep: usize, cin: i32, cout: i32,
  first: i32, last: i32, panels: usize, temp: usize,
): void {
  const panelBytes = <usize>cin << 5, positionBytes = (<usize>(cout + 7) >> 3) * panelBytes + 64;
  const size = m + 2;
  for (let c = first; c < last; c += 4) {
    const panel = panels + <usize>(c >> 3) * panelBytes;
    if ((c & 4) == 0 && c + 4 == cout) { // half a panel: the rest is zero
      for (let p = 0; p < size * size; p++) memory.fill(panel + <usize>p * positionBytes, 0, panelBytes);
    }
    let to = panel + (<usize>(c & 4) << 2);
    let from = kernel + <usize>c * outStep;
    for (let k = 0; k < cin; k++) {
      for (let j = 0; j < 3; j++) {
        timesG(
          m, four(from + <usize>(j * tapStep), outStep), four(from + <usize>((3 + j) * tapStep), outStep),
          four(from + <usize>((6 + j) * tapStep), outStep), temp + (<usize>j << 4), 48,
        );
      }
      for (let i = 0; i < size; i++) {
        const half = temp + <usize>(i * 48);
        timesG(
          m, v128.load(half), v128.load(half, 16), v128.load(half, 32),
          to + <usize>(size * i) * positionBytes, positionBytes,
        );
      }
      from += inStep;
      to += 32;
    }
  }
}

/** G^T times m + 2 vectors `by` bytes apart: three results, `step` apart. */
// @ts-ignore: decorator
@inline
function gathered(m: i32, from: usize, by: usize, to: usize, step: usize): void {
  const s0 = v128.load(from); from += by;
  const s1 = v128.load(from); from += by;
  const s2 = v128.load(from); from += by;
  const s3 = v128.load(from);
  if (m == 2) {
    const half = f32x4.splat(0.5), even = f32x4.mul(add(s1, s2), half);
    v128.store(to, add(s0, even)); to += step;
    v128.store(to, f32x4.mul(sub(s1, s2), half)); to += step;
    v128.store(to, add(even, s3));
    return;
  }
  from += by;
  const s4 = v128.load(from); from += by;
  const s5 = v128.load(from);
  const sixth = f32x4.splat(1.0 / 6);
  const near = f32x4.mul(add(s1, s2), sixth), far = add(s3, s4);
  v128.store(to, madd(far, f32x4.splat(1.0 / 24), sub(f32x4.mul(s0, f32x4.splat(0.25)), near))); to += step;
  v128.store(to, madd(sub(s2, s1), sixth, f32x4.mul(sub(s3, s4), f32x4.splat(1.0 / 12)))); to += step;
  v128.store(to, madd(far, sixth, sub(s5, near)));
}

/**
 * G^T s G for the inputs `first` to `last` - 1 and all outputs: the kernel's
 * gradient [3, 3, cin, cout].
 */
export function winogradSums(
  m: i32, sums: usize, cin: i32, cout: i32, out: usize, first: i32, last: i32, temp: usize,
): void {
  const rowBytes = (<usize>(cout + 7) >> 3) << 5, position = <usize>cin * rowBytes + 64;
  const tap = <usize>(cin * cout) << 2, size = m + 2;
  for (let k = first; k < last; k++) {
    for (let c = 0; c < cout; c += 4) {
      const from = sums + <usize>k * rowBytes + (<usize>c << 2);
      const to = out + (<usize>(k * cout + c) << 2);
      for (let j = 0; j < size; j++) {
        gathered(m, from + <usize>j * position, <usize>size * position, temp + (<usize>j << 4), 96);
      }
      for (let i = 0; i < 3; i++) {
        gathered(m, temp + <usize>(i * 96), 16, to + <usize>(3 * i) * tap, tap);
      }
    }
  }
}
