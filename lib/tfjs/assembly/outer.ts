// The kernel's gradient: a sum of outer products over all rows.
//
//   out[k, c] += sum over rows p of in[row p + offset(k)] * dy[p, c]
//
// For a matrix product that is transpose(in) * dy. A row p is one output pixel of
// a convolution; offset(k) is where tap k lies in its window. The result is
// collected in `sums` [taps filled up to 6, columns filled up to 8].
import { madd, splat } from "./simd";

/** Adds the rows of `images` images to `sums`. `offsets` holds one number a tap. */
export function outer(
  input: usize, inImage: usize, inY: usize, inX: usize,
  dy: usize, dyImage: usize, dyY: usize, dyX: usize,
  images: i32, height: i32, width: i32,
  offsets: usize, taps: i32, columns: i32, sums: usize,
): void {
  const rowBytes = (<usize>(columns + 7) >> 3) << 5;
  for (let n = 0; n < images; n++) {
    for (let k = 0; k < taps; k += 6) {
      for (let c = 0; c < columns; c += 8) {
        block(
          input, inY, inX, dy + (<usize>c << 2), dyY, dyX, height, width,
          offsets + (<usize>k << 2), sums + <usize>k * rowBytes + (<usize>c << 2), rowBytes,
        );
      }
    }
    input += inImage;
    dy += dyImage;
  }
}

/** Six taps times eight columns over one image. */
function block(
  input: usize, inY: usize, inX: usize, dy: usize, dyY: usize, dyX: usize,
  height: i32, width: i32, offsets: usize, sums: usize, rowBytes: usize,
): void {
  const s1 = sums + rowBytes, s2 = s1 + rowBytes, s3 = s2 + rowBytes;
  const s4 = s3 + rowBytes, s5 = s4 + rowBytes;
  let c00 = v128.load(sums), c01 = v128.load(sums, 16);
  let c10 = v128.load(s1), c11 = v128.load(s1, 16);
  let c20 = v128.load(s2), c21 = v128.load(s2, 16);
  let c30 = v128.load(s3), c31 = v128.load(s3, 16);
  let c40 = v128.load(s4), c41 = v128.load(s4, 16);
  let c50 = v128.load(s5), c51 = v128.load(s5, 16);
  const o0 = <usize>i32.load(offsets), o1 = <usize>i32.load(offsets, 4);
  const o2 = <usize>i32.load(offsets, 8), o3 = <usize>i32.load(offsets, 12);
  const o4 = <usize>i32.load(offsets, 16), o5 = <usize>i32.load(offsets, 20);
  for (let y = 0; y < height; y++) {
    let x0 = input + o0, x1 = input + o1, x2 = input + o2;
    let x3 = input + o3, x4 = input + o4, x5 = input + o5;
    let d = dy;
    for (let x = 0; x < width; x++) {
      const b0 = v128.load(d), b1 = v128.load(d, 16);
      let a = splat(x0); c00 = madd(a, b0, c00); c01 = madd(a, b1, c01);
      a = splat(x1); c10 = madd(a, b0, c10); c11 = madd(a, b1, c11);
      a = splat(x2); c20 = madd(a, b0, c20); c21 = madd(a, b1, c21);
      a = splat(x3); c30 = madd(a, b0, c30); c31 = madd(a, b1, c31);
      a = splat(x4); c40 = madd(a, b0, c40); c41 = madd(a, b1, c41);
      a = splat(x5); c50 = madd(a, b0, c50); c51 = madd(a, b1, c51);
      x0 += inX; x1 += inX; x2 += inX; x3 += inX; x4 += inX; x5 += inX;
      d += dyX;
    }
    input += inY;
    dy += dyY;
  }
  v128.store(sums, c00); v128.store(sums, c01, 16);
  v128.store(s1, c10); v128.store(s1, c11, 16);
  v128.store(s2, c20); v128.store(s2, c21, 16);
  v128.store(s3, c30); v128.store(s3, c31, 16);
  v128.store(s4, c40); v128.store(s4, c41, 16);
  v128.store(s5, c50); v128.store(s5, c51, 16);
}

/** Copies the valid part of `sums` to a matrix [taps, columns]. */
export function unpadSums(sums: usize, taps: i32, columns: i32, out: usize): void {
  const rowBytes = (<usize>(columns + 7) >> 3) << 5;
  const bytes = <usize>columns << 2;
  for (let k = 0; k < taps; k++) {
    memory.copy(out, sums, bytes);
    out += bytes;
    sums += rowBytes;
  }
}
