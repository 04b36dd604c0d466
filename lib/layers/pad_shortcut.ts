/**
 * The shortcut without parameters of He et al., 2015 ("option A").
 *
 * @module
 */
import type * as tensorflow from "@tensorflow/tfjs";
import { allocate, sizeOf, type Tensor } from "../base/tensor.ts";
import {
  type Axes,
  define,
  fitting,
  type Kind,
  plainRun,
  type Settled,
  type Shape,
  strideLabel,
  type Window,
} from "./define.ts";
import { axes, count } from "./setting.ts";
import { fused } from "./tfjs/fused.ts";
import { outputLength } from "./window.ts";

/**
 * The shortcut without parameters of He et al., 2015 ("option A"): keeps every
 * `strides`-th pixel and appends channels of zeros up to `filters`.
 */
export interface PadShortcutLayer {
  readonly kind: "padShortcut";
  readonly name?: string;
  /** Output channels, those of zeros included. */
  readonly filters: number;
  /** 1 unless told. */
  readonly strides?: Axes;
}

type Settings = Settled<PadShortcutLayer>;

/** Every strides-th pixel stays: a window of one pixel. */
const windowOf = ({ strides }: Settings): Window => ({
  size: [1, 1],
  strides,
  padding: "valid",
});

function padShortcutShape(input: Shape, settings: Settings): Shape {
  const [, height, width, channels] = fitting(input, windowOf(settings));
  const { filters, strides: [sh, sw] } = settings;
  if (filters < channels) {
    throw new RangeError(
      `expects at least as many filters as the ${channels} input channels but found ${filters}: it can only append channels`,
    );
  }
  return [
    outputLength(height, { size: 1, stride: sh }),
    outputLength(width, { size: 1, stride: sw }),
    filters,
  ];
}

/** Keeps every strides-th pixel of x [N, H, W, C] and appends channels of zeros. */
function padShortcut(x: Tensor, settings: Settings): Tensor {
  const [n, ...image] = x.shape;
  const shape = [n, ...padShortcutShape(image, settings)];
  const y = allocate(sizeOf(shape), x.data);
  eachPixel(x.shape, settings, (from, to) => {
    y.set(x.data.subarray(from, from + image[2]), to);
  });
  return { shape, data: y }; // [N, OH, OW, filters]
}

/** Gradient of padShortcut(): dy of the kept pixels, zeros elsewhere. */
function padShortcutBackward(x: Tensor, dy: Tensor, settings: Settings) {
  const channels = x.shape[3];
  const dx = allocate(x.data.length, x.data);
  eachPixel(x.shape, settings, (from, to) => {
    dx.set(dy.data.subarray(to, to + channels), from);
  });
  return { shape: [...x.shape], data: dx };
}

/** Visits each kept pixel: where it starts in the input and in the output. */
function eachPixel(
  [n, h, w, channels]: readonly number[],
  { filters, strides: [sh, sw] }: Settings,
  visit: (from: number, to: number) => void,
): void {
  let to = 0;
  for (let image = 0; image < n; image++) {
    for (let row = 0; row < h; row += sh) {
      for (let column = 0; column < w; column += sw, to += filters) {
        visit(((image * h + row) * w + column) * channels, to);
      }
    }
  }
}

/** The shortcut in a network. */
export const padShortcutLayer: Kind<PadShortcutLayer> = define({
  kind: "padShortcut",
  settings: { filters: count(), strides: axes(1) },
  short: "shortcut",
  shape: padShortcutShape,
  run: plainRun(padShortcut, padShortcutBackward),
  window: windowOf,
  label: ({ filters, strides }) => `pad to ${filters}${strideLabel(strides)}`,
  tfjs: {
    className: "PadShortcut",
    compute(tf, x, _weights, { filters, strides }) {
      const [strideHeight, strideWidth] = strides;
      const attrs = { filters, strideHeight, strideWidth };
      const y = fused(tf, "PadShortcut", { x }, attrs);
      if (y) return y;
      // A pooling over one pixel keeps every strides-th; tfjs has no gradient
      // for a slice with steps.
      const kept = tf.maxPool(x as tensorflow.Tensor4D, 1, strides, "valid");
      const missing = filters - kept.shape[3];
      return tf.pad(kept, [[0, 0], [0, 0], [0, 0], [0, missing]]);
    },
  },
});
