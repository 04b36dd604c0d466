// Four rows of whole vectors times a panel of eight columns: the product inside
// Winograd's, where neither padding nor an activation comes in.
import { lane0, lane1, lane2, lane3, madd } from "./simd";

/**
 * out[r, c] = sum over k of rows[r, k] * panel[k, c] for four rows `step` bytes
 * apart; `depth` is a multiple of four. Only four columns are stored unless `wide`.
 */
// @ts-ignore: decorator
@inline
export function panelProduct(
  rows: usize, step: usize, depth: i32, panel: usize, out: usize, outStep: usize, wide: bool,
): void {
  let c00 = f32x4.splat(0), c01 = c00, c10 = c00, c11 = c00;
  let c20 = c00, c21 = c00, c30 = c00, c31 = c00;
  let p0 = rows, p1 = p0 + step, p2 = p1 + step, p3 = p2 + step, b = panel;
  let b0: v128, b1: v128, s: v128;
  for (let k = depth; k > 0; k -= 4) {
    const a0 = v128.load(p0), a1 = v128.load(p1), a2 = v128.load(p2), a3 = v128.load(p3);
    b0 = v128.load(b); b1 = v128.load(b, 16);
    s = lane0(a0); c00 = madd(s, b0, c00); c01 = madd(s, b1, c01);
    s = lane0(a1); c10 = madd(s, b0, c10); c11 = madd(s, b1, c11);
    s = lane0(a2); c20 = madd(s, b0, c20); c21 = madd(s, b1, c21);
    s = lane0(a3); c30 = madd(s, b0, c30); c31 = madd(s, b1, c31);
    b0 = v128.load(b, 32); b1 = v128.load(b, 48);
    s = lane1(a0); c00 = madd(s, b0, c00); c01 = madd(s, b1, c01);
    s = lane1(a1); c10 = madd(s, b0, c10); c11 = madd(s, b1, c11);
    s = lane1(a2); c20 = madd(s, b0, c20); c21 = madd(s, b1, c21);
    s = lane1(a3); c30 = madd(s, b0, c30); c31 = madd(s, b1, c31);
    b0 = v128.load(b, 64); b1 = v128.load(b, 80);
    s = lane2(a0); c00 = madd(s, b0, c00); c01 = madd(s, b1, c01);
    s = lane2(a1); c10 = madd(s, b0, c10); c11 = madd(s, b1, c11);
    s = lane2(a2); c20 = madd(s, b0, c20); c21 = madd(s, b1, c21);
    s = lane2(a3); c30 = madd(s, b0, c30); c31 = madd(s, b1, c31);
    b0 = v128.load(b, 96); b1 = v128.load(b, 112);
    s = lane3(a0); c00 = madd(s, b0, c00); c01 = madd(s, b1, c01);
    s = lane3(a1); c10 = madd(s, b0, c10); c11 = madd(s, b1, c11);
    s = lane3(a2); c20 = madd(s, b0, c20); c21 = madd(s, b1, c21);
    s = lane3(a3); c30 = madd(s, b0, c30); c31 = madd(s, b1, c31);
    p0 += 16; p1 += 16; p2 += 16; p3 += 16;
    b += 128;
  }
  put(out, c00, c01, wide); out += outStep;
  put(out, c10, c11, wide); out += outStep;
  put(out, c20, c21, wide); out += outStep;
  put(out, c30, c31, wide);
}

// @ts-ignore: decorator
@inline
function put(to: usize, low: v128, high: v128, wide: bool): void {
  v128.store(to, low);
  if (wide) v128.store(to, high, 16);
}
