// What convolutions need around their product: padding, cutting, adding back.

/**
 * Copies images [images, height, width, `pixel` bytes] into larger ones: pixel
 * (y, x) goes to (top + y, left + x). The rest is left as it is.
 */
export function place(
  input: usize, images: i32, height: i32, width: i32, pixel: usize,
  out: usize, outHeight: i32, outWidth: i32, top: i32, left: i32,
): void {
  const row = <usize>width * pixel, outRow = <usize>outWidth * pixel;
  for (let n = 0; n < images; n++) {
    let to = out + <usize>(n * outHeight + top) * outRow + <usize>left * pixel;
    for (let y = 0; y < height; y++) {
      memory.copy(to, input, row);
      to += outRow;
      input += row;
    }
  }
}

/** The way back: cuts images [images, height, width] out of larger ones. */
export function cut(
  input: usize, inHeight: i32, inWidth: i32, top: i32, left: i32,
  out: usize, images: i32, height: i32, width: i32, pixel: usize,
): void {
  const row = <usize>width * pixel, inRow = <usize>inWidth * pixel;
  for (let n = 0; n < images; n++) {
    let from = input + <usize>(n * inHeight + top) * inRow + <usize>left * pixel;
    for (let y = 0; y < height; y++) {
      memory.copy(out, from, row);
      from += inRow;
      out += row;
    }
  }
}

/**
 * Every strideY-th row's every strideX-th pixel of images [images, height, width,
 * channels], with zeros behind its channels: `filters` numbers in all.
 */
export function keepPixels(
  x: usize, images: i32, height: i32, width: i32, strideY: i32, strideX: i32,
  channels: i32, filters: i32, out: usize,
): void {
  const pixel = <usize>channels << 2, row = <usize>width * pixel;
  for (let n = 0; n < images; n++) {
    for (let i = 0; i < height; i += strideY) {
      let at = x + <usize>i * row;
      for (let j = 0; j < width; j += strideX) {
        copied(at, channels, out);
        zeros(out + pixel, filters - channels);
        at += <usize>strideX * pixel;
        out += <usize>filters << 2;
      }
    }
    x += <usize>height * row;
  }
}

/** The way back: dy of the pixels that were kept, zeros elsewhere. */
export function keepPixelsGradient(
  dy: usize, images: i32, height: i32, width: i32, strideY: i32, strideX: i32,
  channels: i32, filters: i32, dx: usize,
): void {
  for (let n = 0; n < images; n++) {
    for (let i = 0; i < height; i++) {
      if (i % strideY != 0) {
        zeros(dx, width * channels);
        dx += <usize>(width * channels) << 2;
        continue;
      }
      for (let j = 0; j < width; j += strideX) {
        const skipped = min(strideX, width - j) - 1;
        copied(dy, channels, dx);
        dx += <usize>channels << 2;
        zeros(dx, skipped * channels);
        dx += <usize>(skipped * channels) << 2;
        dy += <usize>filters << 2;
      }
    }
  }
}

// @ts-ignore: decorator
@inline
function copied(from: usize, count: i32, to: usize): void {
  for (; count >= 4; count -= 4) {
    v128.store(to, v128.load(from));
    from += 16; to += 16;
  }
  for (; count > 0; count--) {
    f32.store(to, f32.load(from));
    from += 4; to += 4;
  }
}

// @ts-ignore: decorator
@inline
function zeros(to: usize, count: i32): void {
  const zero = f32x4.splat(0);
  for (; count >= 4; count -= 4) {
    v128.store(to, zero);
    to += 16;
  }
  for (; count > 0; count--) {
    f32.store(to, 0);
    to += 4;
  }
}

/** Writes zeros. */
export function clear(out: usize, bytes: usize): void {
  memory.fill(out, 0, bytes);
}

/**
 * Adds windows back to where they were taken from: `windows` holds
 * [height, width, count1, count2, run], one window for each output pixel.
 */
export function scatter(
  windows: usize, height: i32, width: i32,
  count1: i32, step1: usize, count2: i32, step2: usize, run: i32,
  out: usize, outY: usize, outX: usize,
): void {
  for (let y = 0; y < height; y++) {
    let window = out;
    for (let x = 0; x < width; x++) {
      for (let i = 0; i < count1; i++) {
        for (let j = 0; j < count2; j++) {
          let to = window + <usize>i * step1 + <usize>j * step2;
          let t = run;
          while (t >= 4) {
            v128.store(to, f32x4.add(v128.load(to), v128.load(windows)));
            to += 16;
            windows += 16;
            t -= 4;
          }
          while (t > 0) {
            f32.store(to, f32.load(to) + f32.load(windows));
            to += 4;
            windows += 4;
            t--;
          }
        }
      }
      window += outX;
    }
    out += outY;
  }
}
