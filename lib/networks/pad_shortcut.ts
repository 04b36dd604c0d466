/**
 * The shortcut without parameters of He et al., 2015 ("option A").
 *
 * @module
 */
import { allocate, sizeOf, type Tensor } from "../base/tensor.ts";
import { axes } from "./shapes.ts";
import type { PadShortcutLayer } from "./types.ts";

/** Keeps every strides-th pixel of x [N, H, W, C] and appends channels of zeros. */
export function padShortcut(x: Tensor, layer: PadShortcutLayer): Tensor {
  const [n, h, w, channels] = x.shape;
  const [sh, sw] = axes(layer.strides ?? 1, "strides");
  const shape = [n, Math.ceil(h / sh), Math.ceil(w / sw), layer.filters];
  const y = allocate(sizeOf(shape), x.data);
  eachPixel(x.shape, layer, (from, to) => {
    y.set(x.data.subarray(from, from + channels), to);
  });
  return { shape, data: y }; // [N, OH, OW, filters]
}

/** Gradient of padShortcut(): dy of the kept pixels, zeros elsewhere. */
export function padShortcutBackward(
  x: Tensor,
  dy: Tensor,
  layer: PadShortcutLayer,
): Tensor {
  const channels = x.shape[3];
  const dx = allocate(x.data.length, x.data);
  eachPixel(x.shape, layer, (from, to) => {
    dx.set(dy.data.subarray(to, to + channels), from);
  });
  return { shape: [...x.shape], data: dx };
}

/** Visits each kept pixel: where it starts in the input and in the output. */
function eachPixel(
  [n, h, w, channels]: readonly number[],
  layer: PadShortcutLayer,
  visit: (from: number, to: number) => void,
): void {
  const [sh, sw] = axes(layer.strides ?? 1, "strides");
  let to = 0;
  for (let image = 0; image < n; image++) {
    for (let row = 0; row < h; row += sh) {
      for (let column = 0; column < w; column += sw) {
        visit(((image * h + row) * w + column) * channels, to);
        to += layer.filters;
      }
    }
  }
}
