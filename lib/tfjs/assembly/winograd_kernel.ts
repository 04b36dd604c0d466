// Winograd's transforms of a whole kernel, and back from its gradient; see
// winograd.ts.
import { add, sub } from "./simd";

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

/**
 * G g G^T for every pair of channels, packed into panels of eight columns for
 * each position. The steps (bytes) say how the kernel lies.
 */
export function winogradFilter(
  kernel: usize, tapStep: i32, inStep: usize, outStep: usize, cin: i32, cout: i32, panels: usize,
): void {
  const panelBytes = <usize>cin << 5, positionBytes = (<usize>(cout + 7) >> 3) * panelBytes;
  if ((cout & 7) != 0) memory.fill(panels, 0, positionBytes << 4);
  const half = f32x4.splat(0.5);
  for (let c = 0; c < cout; c += 4) {
    let to = panels + <usize>(c >> 3) * panelBytes + (<usize>(c & 4) << 2);
    let from = kernel + <usize>c * outStep;
    for (let k = 0; k < cin; k++) {
      // G on the rows, column by column; then G on the columns, row by row.
      for (let j = 0; j < 3; j++) {
        const g0 = four(from + <usize>(j * tapStep), outStep);
        const g1 = four(from + <usize>((3 + j) * tapStep), outStep);
        const g2 = four(from + <usize>((6 + j) * tapStep), outStep);
        const even = f32x4.mul(add(g0, g2), half), odd = f32x4.mul(g1, half);
        const at = to + <usize>j * positionBytes;
        v128.store(at, g0);
        v128.store(at + 4 * positionBytes, add(even, odd));
        v128.store(at + 8 * positionBytes, sub(even, odd));
        v128.store(at + 12 * positionBytes, g2);
      }
      for (let i = 0; i < 4; i++) {
        const at = to + <usize>(i << 2) * positionBytes;
        const h0 = v128.load(at), h1 = v128.load(at + positionBytes);
        const h2 = v128.load(at + 2 * positionBytes);
        const even = f32x4.mul(add(h0, h2), half), odd = f32x4.mul(h1, half);
        v128.store(at + positionBytes, add(even, odd));
        v128.store(at + 2 * positionBytes, sub(even, odd));
        v128.store(at + 3 * positionBytes, h2);
      }
      from += inStep;
      to += 32;
    }
  }
}

/** G^T s G for every pair of channels: the kernel's gradient [3, 3, cin, cout]. */
export function winogradSums(sums: usize, cin: i32, cout: i32, out: usize): void {
  const rowBytes = (<usize>(cout + 7) >> 3) << 5;
  const position = <usize>((cin + 5) / 6 * 6) * rowBytes;
  const tap = <usize>(cin * cout) << 2;
  const half = f32x4.splat(0.5);
  for (let k = 0; k < cin; k++) {
    for (let c = 0; c < cout; c += 4) {
      const from = sums + <usize>k * rowBytes + (<usize>c << 2);
      for (let j = 0; j < 4; j++) {
        const at = from + <usize>j * position;
        const s0 = v128.load(at), s1 = v128.load(at + 4 * position);
        const s2 = v128.load(at + 8 * position), s3 = v128.load(at + 12 * position);
        const even = f32x4.mul(add(s1, s2), half), odd = f32x4.mul(sub(s1, s2), half);
        v128.store(at, add(s0, even));
        v128.store(at + 4 * position, odd);
        v128.store(at + 8 * position, add(even, s3));
      }
      let to = out + (<usize>(k * cout + c) << 2);
      for (let i = 0; i < 3; i++) {
        const at = from + <usize>(i << 2) * position;
        const s0 = v128.load(at), s1 = v128.load(at + position);
        const s2 = v128.load(at + 2 * position), s3 = v128.load(at + 3 * position);
        const even = f32x4.mul(add(s1, s2), half), odd = f32x4.mul(sub(s1, s2), half);
        v128.store(to, add(s0, even));
        v128.store(to + tap, odd);
        v128.store(to + tap + tap, add(even, s3));
        to += 3 * tap;
      }
    }
  }
}
