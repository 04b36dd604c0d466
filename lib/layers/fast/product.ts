/**
 * The matrix product that convolution and dense layers spend their time in.
 *
 * All of it works on Float64Array: a loop that meets both precisions is
 * compiled for both and loses speed, so callers widen float32 first and narrow
 * the result after (native copies). Blocks of 4 rows and 4 columns are computed
 * together: 16 sums stay in registers while 8 numbers are read.
 *
 * @module
 */
import type { TensorData } from "../../base/tensor.ts";

/** A matrix inside an array: rows lie `step` apart, the first at `start`. */
export interface View {
  data: Float64Array;
  start: number;
  step: number;
}

/** Whole multiple of 4, upwards. */
export function upTo4(length: number): number {
  return (length + 3) & ~3;
}

/** The numbers in float64, with room for `room` (their own length unless told). */
export function widen(data: TensorData, room = data.length): Float64Array {
  if (data instanceof Float64Array && room === data.length) return data;
  const wide = new Float64Array(room);
  wide.set(data);
  return wide;
}

/** Float64 results in the precision of `like`; `length` numbers of them. */
export function narrow(
  data: Float64Array,
  like: TensorData,
  length = data.length,
): TensorData {
  const part = length === data.length ? data : data.subarray(0, length);
  return like instanceof Float64Array ? part.slice() : new Float32Array(part);
}

/**
 * Packs b [K, N] into strips of 4 columns, each [K, 4], filled up with zeros.
 *
 * @param stepK Distance between rows of b.
 * @param stepN Distance between its columns: swapped steps pack a transpose.
 */
export function packStrips(
  b: Float64Array,
  start: number,
  k: number,
  n: number,
  stepK: number,
  stepN: number,
): Float64Array {
  const packed = new Float64Array(upTo4(n) * k);
  for (let j = 0; j < n; j++) {
    let to = (j >> 2) * 4 * k + (j & 3);
    let from = start + j * stepN;
    for (let p = 0; p < k; p++, to += 4, from += stepK) packed[to] = b[from];
  }
  return packed;
}

/**
 * c [M, N] = a [M, K] * b [K, N] + bias.
 *
 * `a` and `c` need room for upTo4(M) rows; the extra rows of c are rubbish.
 *
 * @param strips b from packStrips().
 * @param bias upTo4(N) numbers, one a column; zeros for none.
 */
export function multiply(
  a: View,
  strips: Float64Array,
  c: View,
  m: number,
  k: number,
  n: number,
  bias: Float64Array,
): void {
  const x = a.data, y = c.data;
  const step = a.step, step2 = 2 * step, step3 = 3 * step;
  for (let i = 0; i < m; i += 4) {
    for (let j = 0; j < n; j += 4) {
      let s00 = 0, s01 = 0, s02 = 0, s03 = 0;
      let s10 = 0, s11 = 0, s12 = 0, s13 = 0;
      let s20 = 0, s21 = 0, s22 = 0, s23 = 0;
      let s30 = 0, s31 = 0, s32 = 0, s33 = 0;
      const end = (j + 4) * k;
      for (let q = j * k, at = a.start + i * step; q < end; q += 4, at++) {
        const a0 = x[at], a1 = x[at + step];
        const a2 = x[at + step2], a3 = x[at + step3];
        const b0 = strips[q], b1 = strips[q + 1];
        s00 += a0 * b0, s01 += a0 * b1;
        s10 += a1 * b0, s11 += a1 * b1;
        s20 += a2 * b0, s21 += a2 * b1;
        s30 += a3 * b0, s31 += a3 * b1;
        const b2 = strips[q + 2], b3 = strips[q + 3];
        s02 += a0 * b2, s03 += a0 * b3;
        s12 += a1 * b2, s13 += a1 * b3;
        s22 += a2 * b2, s23 += a2 * b3;
        s32 += a3 * b2, s33 += a3 * b3;
      }
      const b0 = bias[j], b1 = bias[j + 1], b2 = bias[j + 2], b3 = bias[j + 3];
      const width = n - j;
      let z = c.start + i * c.step + j;
      putRow(y, z, width, s00 + b0, s01 + b1, s02 + b2, s03 + b3);
      z += c.step;
      putRow(y, z, width, s10 + b0, s11 + b1, s12 + b2, s13 + b3);
      z += c.step;
      putRow(y, z, width, s20 + b0, s21 + b1, s22 + b2, s23 + b3);
      z += c.step;
      putRow(y, z, width, s30 + b0, s31 + b1, s32 + b2, s33 + b3);
    }
  }
}

/** Stores up to four numbers in a row. */
function putRow(
  y: Float64Array,
  z: number,
  width: number,
  s0: number,
  s1: number,
  s2: number,
  s3: number,
): void {
  y[z] = s0;
  if (width > 1) y[z + 1] = s1;
  if (width > 2) y[z + 2] = s2;
  if (width > 3) y[z + 3] = s3;
}

/** Adds the first `length` numbers of a matrix, column by column, to `sums`. */
export function addColumns(
  matrix: Float64Array,
  length: number,
  sums: Float64Array,
): void {
  const n = sums.length;
  for (let row = 0; row < length; row += n) {
    for (let j = 0; j < n; j++) sums[j] += matrix[row + j];
  }
}

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
