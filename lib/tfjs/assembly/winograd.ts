// 3x3 convolutions of stride 1 with 16 products where the definition takes 36.
//
// Lavin and Gray, "Fast algorithms for convolutional neural networks", 2015:
// F(2x2, 3x3) makes a 2x2 tile of outputs from a 4x4 tile of inputs,
//   y = A^T [(G g G^T) * (B^T d B)] A,
// where * is by position and, over all channels, a matrix product for each of the
// 16 positions. Channels must be multiples of four. A tile's 16 transformed
// positions lie one after the other, each with all channels.
import { outer } from "./outer";
import { madd, splat } from "./simd";
import { transformGradient, transformInput, transformOutput } from "./winograd_tile";

/** Bytes from tile to tile; 64 more than needed, to spread over cache sets. */
// @ts-ignore: decorator
@inline
function tileStep(channels: i32): usize {
  return (<usize>channels << 6) + 64;
}

/** Six tiles at one position times a panel of eight columns. */
function block(
  p0: usize, step: usize, depth: i32, b: usize, out: usize, outStep: usize, wide: bool,
): void {
  let c00 = f32x4.splat(0), c01 = c00, c10 = c00, c11 = c00, c20 = c00, c21 = c00;
  let c30 = c00, c31 = c00, c40 = c00, c41 = c00, c50 = c00, c51 = c00;
  const p1 = p0 + step, p2 = p1 + step, p3 = p2 + step, p4 = p3 + step, p5 = p4 + step;
  const end = <usize>depth << 2;
  for (let o: usize = 0; o < end; o += 4) {
    const b0 = v128.load(b), b1 = v128.load(b, 16);
    let a = splat(p0 + o); c00 = madd(a, b0, c00); c01 = madd(a, b1, c01);
    a = splat(p1 + o); c10 = madd(a, b0, c10); c11 = madd(a, b1, c11);
    a = splat(p2 + o); c20 = madd(a, b0, c20); c21 = madd(a, b1, c21);
    a = splat(p3 + o); c30 = madd(a, b0, c30); c31 = madd(a, b1, c31);
    a = splat(p4 + o); c40 = madd(a, b0, c40); c41 = madd(a, b1, c41);
    a = splat(p5 + o); c50 = madd(a, b0, c50); c51 = madd(a, b1, c51);
    b += 32;
  }
  put(out, c00, c01, wide); out += outStep;
  put(out, c10, c11, wide); out += outStep;
  put(out, c20, c21, wide); out += outStep;
  put(out, c30, c31, wide); out += outStep;
  put(out, c40, c41, wide); out += outStep;
  put(out, c50, c51, wide);
}

// @ts-ignore: decorator
@inline
function put(to: usize, low: v128, high: v128, wide: bool): void {
  v128.store(to, low);
  if (wide) v128.store(to, high, 16);
}

/**
 * The convolution of padded images; each has 2 tilesY + 2 rows of `row` bytes.
 * `chunk` tiles (a multiple of six) are handled at once in `work`.
 */
export function winogradForward(
  x: usize, images: i32, row: usize, cin: i32, tilesY: i32, tilesX: i32,
  panels: usize, cout: i32, out: usize, height: i32, width: i32,
  bias: usize, act: i32, work: usize, chunk: i32,
): void {
  const pixel = <usize>cin << 2, image = <usize>(2 * tilesY + 2) * row;
  const outRow = <usize>(width * cout) << 2, outImage = <usize>height * outRow;
  const step = tileStep(cin), outStep = tileStep(cout);
  const products = work + <usize>chunk * step;
  const panelBytes = <usize>cin << 5, positionBytes = (<usize>(cout + 7) >> 3) * panelBytes;
  const perImage = tilesY * tilesX, total = images * perImage;
  for (let first = 0; first < total; first += chunk) {
    const count = min(chunk, total - first);
    for (let t = 0; t < count; t++) {
      const n = (first + t) / perImage, place = (first + t) % perImage;
      const ty = place / tilesX, tx = place % tilesX;
      transformInput(
        x + <usize>n * image + <usize>(2 * ty) * row + <usize>(2 * tx) * pixel,
        row, cin, work + <usize>t * step,
      );
    }
    // Rows beyond the last tile hold old numbers; their products are not read.
    for (let position = 0; position < 16; position++) {
      let panel = panels + <usize>position * positionBytes;
      for (let c = 0; c < cout; c += 8) {
        for (let r = 0; r < count; r += 6) {
          block(
            work + <usize>r * step + <usize>position * pixel, step, cin, panel,
            products + <usize>r * outStep + (<usize>(position * cout + c) << 2), outStep,
            cout - c >= 8,
          );
        }
        panel += panelBytes;
      }
    }
    for (let t = 0; t < count; t++) {
      const n = (first + t) / perImage, place = (first + t) % perImage;
      const ty = place / tilesX, tx = place % tilesX;
      transformOutput(
        products + <usize>t * outStep, cout,
        out + <usize>n * outImage + <usize>(2 * ty) * outRow + (<usize>(2 * tx * cout) << 2),
        outRow, 2 * tx + 1 < width, 2 * ty + 1 < height, bias, act,
      );
    }
  }
}

/**
 * Adds to `sums`, for each position, the products of the kernel's gradient:
 * [cin filled up to 6, cout filled up to 8]. `offsets` are those of `outer`.
 */
export function winogradGradient(
  x: usize, images: i32, row: usize, cin: i32, tilesY: i32, tilesX: i32,
  dy: usize, cout: i32, height: i32, width: i32,
  sums: usize, work: usize, chunk: i32, offsets: usize,
): void {
  const pixel = <usize>cin << 2, image = <usize>(2 * tilesY + 2) * row;
  const dyPixel = <usize>cout << 2;
  const dyRow = <usize>width * dyPixel, dyImage = <usize>height * dyRow;
  const step = tileStep(cin), dyStep = tileStep(cout);
  const given = work + <usize>chunk * step;
  const sumBytes = <usize>((cin + 5) / 6 * 6) * ((<usize>(cout + 7) >> 3) << 5);
  const perImage = tilesY * tilesX, total = images * perImage;
  for (let first = 0; first < total; first += chunk) {
    const count = min(chunk, total - first);
    for (let t = 0; t < count; t++) {
      const n = (first + t) / perImage, place = (first + t) % perImage;
      const ty = place / tilesX, tx = place % tilesX;
      transformInput(
        x + <usize>n * image + <usize>(2 * ty) * row + <usize>(2 * tx) * pixel,
        row, cin, work + <usize>t * step,
      );
      transformGradient(
        dy + <usize>n * dyImage + <usize>(2 * ty) * dyRow + <usize>(2 * tx) * dyPixel,
        dyRow, cout, 2 * tx + 1 < width, 2 * ty + 1 < height, given + <usize>t * dyStep,
      );
    }
    for (let position = 0; position < 16; position++) {
      outer(
        work + <usize>position * pixel, 0, 0, step,
        given + <usize>position * dyPixel, 0, 0, dyStep,
        1, 1, count, offsets, cin, cout, sums + <usize>position * sumBytes,
      );
    }
  }
}
