// Max pooling's gradient.

/**
 * Each window hands its gradient to the first of its largest inputs. dx must be
 * zero before. Sizes of x: [images, height, width, depth].
 */
export function maxPoolGradient(
  x: usize, y: usize, dy: usize, dx: usize,
  images: i32, height: i32, width: i32, depth: i32, outHeight: i32, outWidth: i32,
  windowY: i32, windowX: i32, strideY: i32, strideX: i32, top: i32, left: i32,
): void {
  const pixel = <usize>depth << 2, row = <usize>width * pixel;
  const apart = strideY >= windowY && strideX >= windowX && depth >= 4;
  for (let n = 0; n < images; n++) {
    for (let i = 0; i < outHeight; i++) {
      const y0 = i * strideY - top;
      const begin1 = max(0, y0), end1 = min(height, y0 + windowY);
      for (let j = 0; j < outWidth; j++) {
        const x0 = j * strideX - left;
        const begin2 = max(0, x0), end2 = min(width, x0 + windowX);
        if (apart) {
          window4(x, y, dy, dx, depth, row, begin1, end1, begin2, end2);
          y += pixel;
          dy += pixel;
          continue;
        }
        let c = 0;
        for (; c + 4 <= depth; c += 4) {
          const best = v128.load(y);
          let rest = v128.load(dy); // what no input has taken yet
          for (let a = begin1; a < end1; a++) {
            let at = <usize>a * row + <usize>begin2 * pixel + (<usize>c << 2);
            for (let b = begin2; b < end2; b++) {
              const hit = f32x4.eq(v128.load(x + at), best);
              const to = dx + at;
              v128.store(to, f32x4.add(v128.load(to), v128.and(rest, hit)));
              rest = v128.andnot(rest, hit);
              at += pixel;
            }
          }
          y += 16;
          dy += 16;
        }
        for (; c < depth; c++) {
          const best = f32.load(y), given = f32.load(dy);
          let open = true;
          for (let a = begin1; open && a < end1; a++) {
            let at = <usize>a * row + <usize>begin2 * pixel + (<usize>c << 2);
            for (let b = begin2; b < end2; b++) {
              if (f32.load(x + at) == best) {
                f32.store(dx + at, f32.load(dx + at) + given);
                open = false;
                break;
              }
              at += pixel;
            }
          }
          y += 4;
          dy += 4;
        }
      }
    }
    x += <usize>height * row;
    dx += <usize>height * row;
  }
}

/**
 * One window that shares no input with another: it writes and need not add, so
 * the last vector of channels may overlap the one before.
 */
// @ts-ignore: decorator
@inline
function window4(
  x: usize, y: usize, dy: usize, dx: usize, depth: i32, row: usize,
  begin1: i32, end1: i32, begin2: i32, end2: i32,
): void {
  const pixel = <usize>depth << 2;
  for (let from = 0; from < depth; from += 4) {
    const c = <usize>min(from, depth - 4) << 2;
    const best = v128.load(y + c);
    let rest = v128.load(dy + c); // what no input has taken yet
    for (let a = begin1; a < end1; a++) {
      let at = <usize>a * row + <usize>begin2 * pixel + c;
      for (let b = begin2; b < end2; b++) {
        const hit = f32x4.eq(v128.load(x + at), best);
        v128.store(dx + at, v128.and(rest, hit));
        rest = v128.andnot(rest, hit);
        at += pixel;
      }
    }
  }
}
