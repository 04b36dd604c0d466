// A depthwise convolution and its gradients. Output channel c * multiplier + m
// belongs to input channel c; out must be zero before.
/** out (c * multiplier + m) += sum over taps of x (c) * filter[i, j, c, m]. */
export function depthwise(
  x: usize, filters: usize, out: usize,
  images: i32, height: i32, width: i32, channels: i32, multiplier: i32, outHeight: i32, outWidth: i32,
  windowY: i32, windowX: i32, strideY: i32, strideX: i32, dilationY: i32, dilationX: i32,
  top: i32, left: i32,
): void {
  const pixel = <usize>channels << 2, outPixel = pixel * multiplier;
  for (let n = 0; n < images; n++) {
    for (let y = 0; y < outHeight; y++) {
      for (let xx = 0; xx < outWidth; xx++) {
        let filter = filters;
        for (let i = 0; i < windowY; i++) {
          const row = y * strideY - top + i * dilationY;
          for (let j = 0; j < windowX; j++) {
            const column = xx * strideX - left + j * dilationX;
            if (row >= 0 && row < height && column >= 0 && column < width) {
              const from = x + <usize>((n * height + row) * width + column) * pixel;
              expand(from, filter, out, channels, multiplier);
            }
            filter += outPixel;
          }
        }
        out += outPixel;
      }
    }
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
