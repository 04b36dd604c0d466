// A depthwise convolution and its gradients. Output channel c * multiplier + m
// belongs to input channel c; the gradients' out must be zero before.
import { activate, madd } from "./simd";

/**
 * out (c * multiplier + m) = sum over taps of x (c) * filter[i, j, c, m]. With one
 * output channel for each of four or more input channels also plus bias[c] (0: none),
 * and activated as in simd.ts.
 */
export function depthwise(
  x: usize, filters: usize, out: usize,
  images: i32, height: i32, width: i32, channels: i32, multiplier: i32, outHeight: i32, outWidth: i32,
  windowY: i32, windowX: i32, strideY: i32, strideX: i32, dilationY: i32, dilationX: i32,
  top: i32, left: i32, bias: usize, act: i32,
): void {
  const pixel = <usize>channels << 2, outPixel = pixel * multiplier, row = <usize>width * pixel;
  const tapY = <usize>dilationY * row, tapX = <usize>dilationX * pixel, step = <usize>strideX * pixel;
  const filterRow = <usize>windowX * outPixel, outRow = <usize>outWidth * outPixel;
  const vectors = multiplier == 1 && channels >= 4;
  // Where three columns of taps may begin for four neighbours: only the very first
  // and the very last may lie beside the image.
  const least = -min(strideX, dilationX);
  const most = width - max(3 * strideX + dilationX, 2 * (strideX + dilationX)) - 1;
  for (let n = 0; n < images; n++) {
    for (let y = 0; y < outHeight; y++) {
      const y0 = y * strideY - top;
      const i0 = firstTap(y0, dilationY), rows = endTap(y0, dilationY, windowY, height) - i0;
      const line = x + <usize>(y0 + i0 * dilationY) * row;
      const taps = filters + <usize>i0 * filterRow;
      let done = 0;
      while (done < outWidth) {
        if (vectors && outWidth >= 4) {
          // The last four may overlap those before.
          const four = min(done, outWidth - 4), x0 = four * strideX - left;
          if (windowX == 3 && x0 >= least && x0 <= most) {
            fourOfThree(
              line + x0 * pixel, taps, out + <usize>four * outPixel, rows, tapY, tapX, step, pixel, bias, act,
              x0 < 0, x0 + 3 * strideX + 2 * dilationX >= width,
            );
            done = four + 4;
            continue;
          }
          if (x0 >= 0 && x0 + 3 * strideX + (windowX - 1) * dilationX < width) {
            fourPixels(
              line + x0 * pixel, taps, out + <usize>four * outPixel, rows, windowX,
              tapY, tapX, step, filterRow, pixel, bias, act,
            );
            done = four + 4;
            continue;
          }
        }
        const x0 = done * strideX - left;
        const j0 = firstTap(x0, dilationX), columns = endTap(x0, dilationX, windowX, width) - j0;
        const from = line + (x0 + j0 * dilationX) * pixel, tap = taps + <usize>j0 * outPixel;
        const to = out + <usize>done * outPixel;
        if (vectors) {
          onePixel(from, tap, to, rows, columns, tapY, tapX, filterRow, pixel, bias, act);
        } else {
          memory.fill(to, 0, outPixel);
          for (let i = 0; i < rows; i++) {
            for (let j = 0; j < columns; j++) {
              expand(
                from + <usize>i * tapY + <usize>j * tapX, tap + <usize>i * filterRow + <usize>j * outPixel,
                to, channels, multiplier,
              );
            }
          }
        }
        done++;
      }
      out += outRow;
    }
    x += <usize>height * row;
  }
}

/** The first tap of a window that starts at `start` which lies inside the image. */
// @ts-ignore: decorator
@inline
function firstTap(start: i32, dilation: i32): i32 {
  return start >= 0 ? 0 : (dilation - 1 - start) / dilation;
}

/** The tap behind the last one inside; not less than the first. */
// @ts-ignore: decorator
@inline
function endTap(start: i32, dilation: i32, window: i32, length: i32): i32 {
  const end = start >= length ? 0 : (length - 1 - start) / dilation + 1;
  return max(min(window, end), firstTap(start, dilation));
}

/** Four finished sums: plus their bias, `c` bytes behind the first, and activated. */
// @ts-ignore: decorator
@inline
function finished(sum: v128, bias: usize, c: usize, act: i32): v128 {
  return activate(bias == 0 ? sum : f32x4.add(sum, v128.load(bias + c)), act);
}

/** One output pixel. The last vector of channels may overlap the one before. */
function onePixel(
  x: usize, filter: usize, out: usize, rows: i32, columns: i32,
  tapY: usize, tapX: usize, filterRow: usize, pixel: usize, bias: usize, act: i32,
): void {
  for (let at: usize = 0; at < pixel; at += 16) {
    const c = min(at, pixel - 16);
    let sum = f32x4.splat(0), line = x + c, taps = filter + c;
    for (let i = 0; i < rows; i++) {
      let from = line, tap = taps;
      for (let j = 0; j < columns; j++) {
        sum = madd(v128.load(tap), v128.load(from), sum);
        from += tapX; tap += pixel;
      }
      line += tapY; taps += filterRow;
    }
    v128.store(out + c, finished(sum, bias, c, act));
  }
}

/** Four neighbouring output pixels whose windows have all columns. */
function fourPixels(
  x: usize, filter: usize, out: usize, rows: i32, columns: i32,
  tapY: usize, tapX: usize, step: usize, filterRow: usize, pixel: usize, bias: usize, act: i32,
): void {
  for (let at: usize = 0; at < pixel; at += 16) {
    const c = min(at, pixel - 16);
    let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0, line = x + c, taps = filter + c;
    for (let i = 0; i < rows; i++) {
      let from = line, tap = taps;
      for (let j = 0; j < columns; j++) {
        const f = v128.load(tap), third = from + 2 * step;
        s0 = madd(f, v128.load(from), s0);
        s1 = madd(f, v128.load(from + step), s1);
        s2 = madd(f, v128.load(third), s2);
        s3 = madd(f, v128.load(third + step), s3);
        from += tapX; tap += pixel;
      }
      line += tapY; taps += filterRow;
    }
    const to = out + c, other = to + 2 * pixel;
    v128.store(to, finished(s0, bias, c, act));
    v128.store(to + pixel, finished(s1, bias, c, act));
    v128.store(other, finished(s2, bias, c, act));
    v128.store(other + pixel, finished(s3, bias, c, act));
  }
}

/** The same for three columns of taps; the very first or last may be left out. */
function fourOfThree(
  x: usize, filter: usize, out: usize, rows: i32, tapY: usize, tapX: usize, step: usize, pixel: usize,
  bias: usize, act: i32, noFirst: bool, noLast: bool,
): void {
  for (let at: usize = 0; at < pixel; at += 16) {
    const c = min(at, pixel - 16);
    let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0, a = x + c, taps = filter + c;
    for (let i = 0; i < rows; i++) {
      const b = a + step, c = b + step, d = c + step;
      const f0 = v128.load(taps), f1 = v128.load(taps + pixel), f2 = v128.load(taps + 2 * pixel);
      if (!noFirst) s0 = madd(f0, v128.load(a), s0);
      s1 = madd(f0, v128.load(b), s1);
      s2 = madd(f0, v128.load(c), s2);
      s3 = madd(f0, v128.load(d), s3);
      s0 = madd(f1, v128.load(a + tapX), s0);
      s1 = madd(f1, v128.load(b + tapX), s1);
      s2 = madd(f1, v128.load(c + tapX), s2);
      s3 = madd(f1, v128.load(d + tapX), s3);
      s0 = madd(f2, v128.load(a + 2 * tapX), s0);
      s1 = madd(f2, v128.load(b + 2 * tapX), s1);
      s2 = madd(f2, v128.load(c + 2 * tapX), s2);
      if (!noLast) s3 = madd(f2, v128.load(d + 2 * tapX), s3);
      a += tapY; taps += 3 * pixel;
    }
    const to = out + c, other = to + 2 * pixel;
    v128.store(to, finished(s0, bias, c, act));
    v128.store(to + pixel, finished(s1, bias, c, act));
    v128.store(other, finished(s2, bias, c, act));
    v128.store(other + pixel, finished(s3, bias, c, act));
  }
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
