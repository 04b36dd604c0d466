// 3x3 convolutions of stride 1 with fewer products than the definition takes.
//
// Lavin and Gray, "Fast algorithms for convolutional neural networks", 2015:
// F(m x m, 3x3) makes a tile of m x m outputs from (m + 2) x (m + 2) inputs,
//   y = A^T [(G g G^T) * (B^T d B)] A,
// where * is by position and, over all channels, a matrix product for each
// position. m = 4 takes 36 products where the definition takes 144, m = 2 takes 16
// for 36; m = 2 rounds less and wastes less where a tile hangs over the edge.
// Channels must be multiples of four. The numbers of one position lie together,
// tile by tile, in a plane; a plane is 64 bytes longer than needed, to spread over
// cache sets. Scratch `work` begins with TEMP bytes for the transforms.
import { outer } from "./outer";
import { panelProduct } from "./panel";
import { SEGMENT, transformInputs } from "./winograd_input";
import { transformGradient2, transformOutput2 } from "./winograd_tile2";
import { transformGradient4, transformOutput4 } from "./winograd_tile4";

/** Bytes of scratch in front of the planes: 204 vectors. */
const TEMP: usize = 3264;

// @ts-ignore: decorator
@inline
function planeBytes(tiles: i32, channels: i32): usize {
  return (<usize>(tiles * channels) << 2) + 64;
}

/**
 * Transforms the inputs of `count` tiles, from tile `first` of the first image on. The
 * first tile begins `top` rows above the image and `left` columns before it.
 */
function inputTiles(
  m: i32, x: usize, inHeight: i32, inWidth: i32, top: i32, left: i32, cin: i32, tilesY: i32, tilesX: i32,
  first: i32, count: i32, to: usize, plane: usize, temp: usize,
): void {
  const pixel = <usize>cin << 2, image = <usize>(inHeight * inWidth) * pixel, perImage = tilesY * tilesX;
  for (let t = 0; t < count;) {
    const n = (first + t) / perImage, place = (first + t) % perImage;
    const tileY = place / tilesX, tileX = place % tilesX;
    const tiles = min(min(count - t, tilesX - tileX), SEGMENT);
    transformInputs(
      m, x + <usize>n * image, inHeight, inWidth, cin, m * tileY - top, m * tileX - left, tiles,
      to + <usize>t * pixel, plane, temp,
    );
    t += tiles;
  }
}

/**
 * The convolution of images, with zeros outside of them: `top` rows above, `left`
 * columns before, and what the tiles read on the other sides. `chunk` tiles (a
 * multiple of four) are handled at once in `work`.
 */
export function winogradForward(
  m: i32, x: usize, images: i32, inHeight: i32, inWidth: i32, top: i32, left: i32, cin: i32,
  tilesY: i32, tilesX: i32, panels: usize, cout: i32, out: usize, height: i32, width: i32,
  bias: usize, act: i32, work: usize, chunk: i32,
): void {
  const pixel = <usize>cin << 2, outPixel = <usize>cout << 2, positions = (m + 2) * (m + 2);
  const plane = planeBytes(chunk, cin), outPlane = planeBytes(chunk, cout);
  const inputs = work + TEMP, products = inputs + <usize>positions * plane;
  const outRow = <usize>width * outPixel, outImage = <usize>height * outRow;
  const panelBytes = <usize>cin << 5, positionBytes = (<usize>(cout + 7) >> 3) * panelBytes + 64;
  const perImage = tilesY * tilesX, total = images * perImage;
  for (let first = 0; first < total; first += chunk) {
    const count = min(chunk, total - first);
    inputTiles(m, x, inHeight, inWidth, top, left, cin, tilesY, tilesX, first, count, inputs, plane, work);
    // Rows beyond the last tile hold old numbers; their products are not read.
    let begun = 0;
    for (let position = 0; position < positions; position++) {
      for (; begun < count * (position + 1) / positions; begun++) {
        const n = (first + begun) / perImage, place = (first + begun) % perImage;
        const y = m * (place / tilesX), xx = m * (place % tilesX);
        const to = out + <usize>n * outImage + <usize>y * outRow + <usize>xx * outPixel;
        fetch(to, outRow, min(m, height - y), <usize>min(m, width - xx) * outPixel);
      }
      const rows = inputs + <usize>position * plane, to = products + <usize>position * outPlane;
      let panel = panels + <usize>position * positionBytes;
      for (let c = 0; c < cout; c += 8) {
        for (let r = 0; r < count; r += 4) {
          panelProduct(
            rows + <usize>r * pixel, pixel, cin, panel,
            to + <usize>r * outPixel + (<usize>c << 2), outPixel, cout - c >= 8,
          );
        }
        panel += panelBytes;
      }
    }
    for (let t = 0; t < count; t++) {
      const n = (first + t) / perImage, place = (first + t) % perImage;
      const y = m * (place / tilesX), xx = m * (place % tilesX);
      const from = products + <usize>t * outPixel;
      const to = out + <usize>n * outImage + <usize>y * outRow + <usize>xx * outPixel;
      const below = min(m, height - y), right = min(m, width - xx);
      if (m == 4) transformOutput4(from, outPlane, cout, to, outRow, below, right, bias, act);
      else transformOutput2(from, outPlane, cout, to, outRow, below, right, bias, act);
    }
  }
}

/**
 * Has memory bring the lines of a tile's outputs while products are computed: a store
 * waits for nothing, and those that follow find the line. Without, a convolution whose
 * output is in no cache takes a tenth longer.
 */
// @ts-ignore: decorator
@inline
function fetch(to: usize, row: usize, rows: i32, bytes: usize): void {
  for (let i = 0; i < rows; i++) {
    for (let at: usize = 0; at < bytes; at += 64) v128.store(to + at, f32x4.splat(0));
    to += row;
  }
}

/**
 * Transforms `count` tiles of x and of dy, from tile `first` of the first image on,
 * into planes of `plane` and `dyPlane` bytes.
 */
export function winogradTiles(
  m: i32, x: usize, inHeight: i32, inWidth: i32, top: i32, left: i32, cin: i32, tilesY: i32, tilesX: i32,
  dy: usize, cout: i32, height: i32, width: i32, first: i32, count: i32,
  inputs: usize, plane: usize, given: usize, dyPlane: usize, temp: usize,
): void {
  inputTiles(m, x, inHeight, inWidth, top, left, cin, tilesY, tilesX, first, count, inputs, plane, temp);
  const dyPixel = <usize>cout << 2, dyRow = <usize>width * dyPixel;
  const dyImage = <usize>height * dyRow, perImage = tilesY * tilesX;
  for (let t = 0; t < count; t++) {
    const n = (first + t) / perImage, place = (first + t) % perImage;
    const y = m * (place / tilesX), xx = m * (place % tilesX);
    const dyFrom = dy + <usize>n * dyImage + <usize>y * dyRow + <usize>xx * dyPixel;
    const below = min(m, height - y), right = min(m, width - xx);
    if (m == 4) transformGradient4(dyFrom, dyRow, cout, below, right, given, dyPlane, temp);
    else transformGradient2(dyFrom, dyRow, cout, below, right, given, dyPlane);
    given += dyPixel;
  }
}

/**
 * Adds to `sums`, for each position, the products of the kernel's gradient:
 * [cin, cout filled up to 8] and 64 bytes more.
 */
export function winogradGradient(
  m: i32, x: usize, images: i32, inHeight: i32, inWidth: i32, top: i32, left: i32, cin: i32,
  tilesY: i32, tilesX: i32, dy: usize, cout: i32, height: i32, width: i32,
  sums: usize, work: usize, chunk: i32,
): void {
  const pixel = <usize>cin << 2, dyPixel = <usize>cout << 2, positions = (m + 2) * (m + 2);
  const plane = planeBytes(chunk, cin), dyPlane = planeBytes(chunk, cout);
  const inputs = work + TEMP, given = inputs + <usize>positions * plane;
  const sumBytes = <usize>cin * ((<usize>(cout + 7) >> 3) << 5) + 64;
  const total = images * tilesY * tilesX;
  for (let first = 0; first < total; first += chunk) {
    const count = min(chunk, total - first);
    winogradTiles(
      m, x, inHeight, inWidth, top, left, cin, tilesY, tilesX, dy, cout, height, width, first, count,
      inputs, plane, given, dyPlane, work,
    );
    for (let position = 0; position < positions; position++) {
      outer(
        inputs + <usize>position * plane, 0, 0, pixel,
        given + <usize>position * dyPlane, 0, 0, dyPixel,
        1, 1, count, 1, 0, 1, 0, cin, cout, sums + <usize>position * sumBytes,
      );
    }
  }
}
