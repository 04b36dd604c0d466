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
