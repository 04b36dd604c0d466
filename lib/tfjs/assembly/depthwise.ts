// A depthwise convolution and its gradients. Output channel c * multiplier + m
// belongs to input channel c; out must be zero before a gradient.
import { madd } from "./simd";

/** out (c * multiplier + m) = sum over taps of x (c) * filter[i, j, c, m]. */
export function depthwise(
  x: usize, filters: usize, out: usize,
  images: i32, height: i32, width: i32, channels: i32, multiplier: i32, outHeight: i32, outWidth: i32,
  windowY: i32, windowX: i32, strideY: i32, strideX: i32, dilationY: i32, dilationX: i32,
  top: i32, left: i32,
): void {
  const pixel = <usize>channels << 2, outPixel = pixel * multiplier;
  const row = <usize>width * pixel, tapRow = outPixel * windowX;
  const stepY = row * dilationY, stepX = pixel * dilationX;
  for (let n = 0; n < images; n++) {
    for (let y = 0; y < outHeight; y++) {
      const y0 = y * strideY - top;
      const first1 = before(y0, dilationY), end1 = min(windowY, before(y0 - height, dilationY));
      for (let xx = 0; xx < outWidth; xx++) {
        // Taps from (first1, first2) to (end1, end2) lie on the image.
        const x0 = xx * strideX - left;
        const first2 = before(x0, dilationX), end2 = min(windowX, before(x0 - width, dilationX));
        const from = x + <usize>(y0 + first1 * dilationY) * row + <usize>(x0 + first2 * dilationX) * pixel;
        const tap = filters + <usize>first1 * tapRow + <usize>first2 * outPixel;
        if (multiplier > 1) {
          memory.fill(out, 0, outPixel);
          for (let i = 0; i < end1 - first1; i++) {
            for (let j = 0; j < end2 - first2; j++) {
              expand(from + i * stepY + j * stepX, tap + i * tapRow + j * outPixel, out, channels, multiplier);
            }
          }
        } else {
          let c: usize = 0;
          for (; c + 32 <= pixel; c += 32) {
            taps(32, from + c, tap + c, out + c, end1 - first1, end2 - first2, stepY, stepX, tapRow, outPixel);
          }
          for (; c + 16 <= pixel; c += 16) {
            taps(16, from + c, tap + c, out + c, end1 - first1, end2 - first2, stepY, stepX, tapRow, outPixel);
          }
          for (; c < pixel; c += 4) {
            taps(4, from + c, tap + c, out + c, end1 - first1, end2 - first2, stepY, stepX, tapRow, outPixel);
          }
        }
        out += outPixel;
      }
    }
    x += <usize>height * row;
  }
}

/** `bytes` (4, 16 or 32) of one output pixel. */
// @ts-ignore: decorator
@inline
function taps(
  bytes: i32, from: usize, tap: usize, out: usize,
  count1: i32, count2: i32, stepY: usize, stepX: usize, tapRow: usize, tapStep: usize,
): void {
  let sum0 = f32x4.splat(0), sum1 = sum0;
  let sum: f32 = 0;
  for (let i = 0; i < count1; i++) {
    let at = from, k = tap;
    for (let j = 0; j < count2; j++) {
      if (bytes == 4) sum += f32.load(at) * f32.load(k);
      else sum0 = madd(v128.load(at), v128.load(k), sum0);
      if (bytes == 32) sum1 = madd(v128.load(at, 16), v128.load(k, 16), sum1);
      at += stepX;
      k += tapStep;
    }
    from += stepY;
    tap += tapRow;
  }
  if (bytes == 4) f32.store(out, sum);
  else v128.store(out, sum0);
  if (bytes == 32) v128.store(out, sum1, 16);
}

/** Taps of a dilated window, from `start` on, that come before position 0. */
// @ts-ignore: decorator
@inline
function before(start: i32, dilation: i32): i32 {
  return start >= 0 ? 0 : (dilation - 1 - start) / dilation;
}

/** dFilter[i, j, c, m] += sum over rows of x (c) * dy (c * multiplier + m). */
export function depthwiseFilterGradient(
  x: usize, dy: usize, out: usize,
  images: i32, height: i32, width: i32, channels: i32, multiplier: i32, outHeight: i32, outWidth: i32,
  windowY: i32, windowX: i32, strideY: i32, strideX: i32, dilationY: i32, dilationX: i32,
  top: i32, left: i32,
): void {
  const pixel = <usize>channels << 2, dyPixel = pixel * multiplier;
  for (let n = 0; n < images; n++) {
    for (let y = 0; y < outHeight; y++) {
      for (let xx = 0; xx < outWidth; xx++) {
        let filter = out;
        for (let i = 0; i < windowY; i++) {
          const row = y * strideY - top + i * dilationY;
          for (let j = 0; j < windowX; j++) {
            const column = xx * strideX - left + j * dilationX;
            if (row >= 0 && row < height && column >= 0 && column < width) {
              const from = x + <usize>((n * height + row) * width + column) * pixel;
              if (multiplier == 1) multiplyAdd(from, dy, filter, channels);
              else expand(from, dy, filter, channels, multiplier);
            }
            filter += dyPixel;
          }
        }
        dy += dyPixel;
      }
    }
  }
}

/** dx (c) += sum over taps and m of dy (c * multiplier + m) * filter[i, j, c, m]. */
export function depthwiseInputGradient(
  filters: usize, dy: usize, out: usize,
  images: i32, height: i32, width: i32, channels: i32, multiplier: i32, outHeight: i32, outWidth: i32,
  windowY: i32, windowX: i32, strideY: i32, strideX: i32, dilationY: i32, dilationX: i32,
  top: i32, left: i32,
): void {
  const pixel = <usize>channels << 2, dyPixel = pixel * multiplier;
  for (let n = 0; n < images; n++) {
    for (let y = 0; y < outHeight; y++) {
      for (let xx = 0; xx < outWidth; xx++) {
        let filter = filters;
        for (let i = 0; i < windowY; i++) {
          const row = y * strideY - top + i * dilationY;
          for (let j = 0; j < windowX; j++) {
            const column = xx * strideX - left + j * dilationX;
            if (row >= 0 && row < height && column >= 0 && column < width) {
              const to = out + <usize>((n * height + row) * width + column) * pixel;
              if (multiplier == 1) multiplyAdd(filter, dy, to, channels);
              else contract(filter, dy, to, channels, multiplier);
            }
            filter += dyPixel;
          }
        }
        dy += dyPixel;
      }
    }
  }
}

/** out += a * b. */
function multiplyAdd(a: usize, b: usize, out: usize, size: i32): void {
  while (size >= 4) {
    v128.store(out, f32x4.add(v128.load(out), f32x4.mul(v128.load(a), v128.load(b))));
    a += 16; b += 16; out += 16;
    size -= 4;
  }
  while (size-- > 0) {
    f32.store(out, f32.load(out) + f32.load(a) * f32.load(b));
    a += 4; b += 4; out += 4;
  }
}

/** out[c, m] += a[c] * b[c, m]. */
function expand(a: usize, b: usize, out: usize, channels: i32, multiplier: i32): void {
  for (let c = 0; c < channels; c++) {
    const factor = f32.load(a);
    for (let m = 0; m < multiplier; m++) {
      f32.store(out, f32.load(out) + factor * f32.load(b));
      b += 4; out += 4;
    }
    a += 4;
  }
}

/** out[c] += sum over m of a[c, m] * b[c, m]. */
function contract(a: usize, b: usize, out: usize, channels: i32, multiplier: i32): void {
  for (let c = 0; c < channels; c++) {
    let sum: f32 = f32.load(out);
    for (let m = 0; m < multiplier; m++) {
      sum += f32.load(a) * f32.load(b);
      a += 4; b += 4;
    }
    f32.store(out, sum);
    out += 4;
  }
}
