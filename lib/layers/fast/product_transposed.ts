import type { View } from "./product.ts";

/**
 * c [K, N] += transpose(a [M, K]) * b [M, N]: how a kernel's gradient collects.
 *
 * `a` and `b` need room for 3 numbers behind their last. Like multiply(), it
 * keeps a block of 16 sums in registers.
 */
export function addTransposed(
  a: View,
  b: View,
  c: View,
  m: number,
  k: number,
  n: number,
): void {
  const x = a.data, y = b.data;
  for (let i = 0; i < k; i += 4) {
    for (let j = 0; j < n; j += 4) {
      let s00 = 0, s01 = 0, s02 = 0, s03 = 0;
      let s10 = 0, s11 = 0, s12 = 0, s13 = 0;
      let s20 = 0, s21 = 0, s22 = 0, s23 = 0;
      let s30 = 0, s31 = 0, s32 = 0, s33 = 0;
      let at = a.start + i;
      let q = b.start + j;
      for (let p = 0; p < m; p++, at += a.step, q += b.step) {
        const a0 = x[at], a1 = x[at + 1], a2 = x[at + 2], a3 = x[at + 3];
        const b0 = y[q], b1 = y[q + 1];
        s00 += a0 * b0, s01 += a0 * b1;
        s10 += a1 * b0, s11 += a1 * b1;
        s20 += a2 * b0, s21 += a2 * b1;
        s30 += a3 * b0, s31 += a3 * b1;
        const b2 = y[q + 2], b3 = y[q + 3];
        s02 += a0 * b2, s03 += a0 * b3;
        s12 += a1 * b2, s13 += a1 * b3;
        s22 += a2 * b2, s23 += a2 * b3;
        s32 += a3 * b2, s33 += a3 * b3;
      }
      const width = n - j;
      const z = c.start + i * c.step + j;
      addRow(c.data, z, width, s00, s01, s02, s03);
      if (i + 1 < k) addRow(c.data, z + c.step, width, s10, s11, s12, s13);
      if (i + 2 < k) addRow(c.data, z + 2 * c.step, width, s20, s21, s22, s23);
      if (i + 3 < k) addRow(c.data, z + 3 * c.step, width, s30, s31, s32, s33);
    }
  }
}

/** Adds up to four numbers to a row. */
function addRow(
  y: Float64Array,
  z: number,
  width: number,
  s0: number,
  s1: number,
  s2: number,
  s3: number,
): void {
  y[z] += s0;
  if (width > 1) y[z + 1] += s1;
  if (width > 2) y[z + 2] += s2;
  if (width > 3) y[z + 3] += s3;
}
