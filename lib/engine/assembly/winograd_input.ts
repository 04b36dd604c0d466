// The transform of inputs: B^T d B of neighbouring tiles; see winograd.ts. It goes over
// the columns first, each once although two tiles read it, and then over each tile's
// rows. What lies outside of the image counts as zero: nothing is padded before.
import { timesB2 } from "./winograd_tile2";
import { timesB4 } from "./winograd_tile4";

/** Tiles that are handled at once: what they read and write stays in the first cache. */
export const SEGMENT: i32 = 8;

/**
 * Transforms `tiles` neighbours, SEGMENT at most. The first begins in row `y` and
 * column `x` of the image, which may be outside of it. `to` is the first tile in the
 * first position's plane; `position` bytes lie from plane to plane. `temp` is scratch
 * for 204 vectors.
 */
export function transformInputs(
  m: i32, image: usize, height: i32, width: i32, channels: i32, y: i32, x: i32, tiles: i32,
  to: usize, position: usize, temp: usize,
): void {
  const whole = y >= 0 && y + m + 2 <= height;
  if (m == 4) {
    if (whole) transform(4, true, image, height, width, channels, y, x, tiles, to, position, temp);
    else transform(4, false, image, height, width, channels, y, x, tiles, to, position, temp);
  } else {
    if (whole) transform(2, true, image, height, width, channels, y, x, tiles, to, position, temp);
    else transform(2, false, image, height, width, channels, y, x, tiles, to, position, temp);
  }
}

// @ts-ignore: decorator
@inline
function transform(
  m: i32, whole: bool, image: usize, height: i32, width: i32, channels: i32, y: i32, x: i32, tiles: i32,
  to: usize, position: usize, temp: usize,
): void {
  const size = m + 2, columns = m * tiles + 2;
  const pixel = <usize>channels << 2, row = <usize>width * pixel;
  const step = <usize>columns << 4, rowTo = <usize>size * position;
  const first = min(max(-x, 0), columns), last = max(min(width - x, columns), first);
  const top = -y, bottom = height - y;
  let from = image + y * row + (x + first) * pixel;
  for (let c = 0; c < channels; c += 4) {
    let half = temp;
    half = zeros(m, half, step, first);
    let at = from;
    for (let j = first; j < last; j++) {
      if (m == 4) timesB4(at, row, half, step, whole, top, bottom);
      else timesB2(at, row, half, step, whole, top, bottom);
      at += pixel; half += 16;
    }
    zeros(m, half, step, columns - last);
    half = temp;
    let tile = to;
    for (let t = 0; t < tiles; t++) {
      let row = half;
      at = tile;
      for (let i = 0; i < size; i++) {
        if (m == 4) timesB4(row, 16, at, position, true, 0, 6);
        else timesB2(row, 16, at, position, true, 0, 4);
        row += step; at += rowTo;
      }
      half += m << 4;
      tile += pixel;
    }
    from += 16;
    to += 16;
  }
}

/** Columns outside of the image; where the next one lies. */
// @ts-ignore: decorator
@inline
function zeros(m: i32, half: usize, step: usize, count: i32): usize {
  const zero = f32x4.splat(0);
  for (let j = 0; j < count; j++) {
    let at = half;
    for (let i = 0; i < m + 2; i++) {
      v128.store(at, zero);
      at += step;
    }
    half += 16;
  }
  return half;
}
