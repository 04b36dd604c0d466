/**
 * Single layers as runnable parts: each remembers what its backward needs.
 *
 * @module
 */
import {
  avgPool2d,
  avgPool2dBackward,
  conv2d,
  conv2dBackward,
  dense,
  denseBackward,
  flatten,
  flattenBackward,
  globalAvgPool2d,
  globalAvgPool2dBackward,
  maxPool2d,
  maxPool2dBackward,
  relu,
  reluBackward,
  softmax,
} from "../layers/mod.ts";
import type { Random } from "../random.ts";
import type { Tensor } from "../tensor.ts";
import { BatchNormPart } from "./batch_norm_part.ts";
import { DropoutPart } from "./dropout_part.ts";
import { PadShortcutPart } from "./pad_shortcut_part.ts";
import type { PlannedSingle } from "./plan.ts";
import type { ConvLayer, PoolLayer, SimpleLayer } from "./types.ts";
import type { Weights } from "./weights.ts";

/** A part of a network that can be run in both directions. */
export interface Part {
  /** Output of the part; it remembers what backward needs. */
  forward(x: Tensor, training: boolean): Tensor;
  /** Gradient of the input; gradients of the part's weights go into `gradients`. */
  backward(dy: Tensor, gradients: Weights): Tensor;
}

/** The part for one layer. */
export function makePart(
  single: PlannedSingle,
  weights: Weights,
  stream: Random,
): Part {
  const { layer, name } = single;
  switch (layer.kind) {
    case "conv2d":
      return weighted(name, weights, convolution(layer));
    case "dense":
      return weighted(name, weights, DENSE);
    case "batchNorm":
      return new BatchNormPart(name, layer, weights);
    case "dropout":
      return new DropoutPart(layer.rate, stream);
    case "padShortcut":
      return new PadShortcutPart(layer);
    case "maxPool2d":
    case "avgPool2d":
      return pooling(layer);
    case "softmax":
      return softmaxPart();
    default:
      return remembering(...SIMPLE[layer.kind]);
  }
}

type Forward = (x: Tensor) => Tensor;
type Backward = (x: Tensor, dy: Tensor) => Tensor;

/** Functions of the layers that have neither setting nor weight. */
const SIMPLE: Record<
  Exclude<SimpleLayer["kind"], "softmax">,
  [Forward, Backward]
> = {
  relu: [relu, reluBackward],
  flatten: [flatten, flattenBackward],
  globalAvgPool2d: [globalAvgPool2d, globalAvgPool2dBackward],
};

/** A part without weights whose backward needs its input. */
function remembering(forward: Forward, backward: Backward): Part {
  let seen: Tensor;
  return {
    forward: (x) => forward(seen = x),
    backward: (dy) => backward(seen, dy),
  };
}

/** A pooling with its settings. */
function pooling(layer: PoolLayer): Part {
  const { poolSize, strides, padding } = layer;
  const options = { poolSize, strides, padding };
  return layer.kind === "maxPool2d"
    ? remembering(
      (x) => maxPool2d(x, options),
      (x, dy) => maxPool2dBackward(x, dy, options),
    )
    : remembering(
      (x) => avgPool2d(x, options),
      (x, dy) => avgPool2dBackward(x, dy, options),
    );
}

/** Forward and backward of a layer with a kernel and perhaps a bias. */
interface KernelLayer {
  forward(x: Tensor, kernel: Tensor, bias?: Tensor): Tensor;
  backward(
    x: Tensor,
    kernel: Tensor,
    dy: Tensor,
  ): { dx: Tensor; dKernel: Tensor; dBias: Tensor };
}

/** A convolution with its settings. */
function convolution(layer: ConvLayer): KernelLayer {
  const { strides, padding, dilations, groups } = layer;
  const options = { strides, padding, dilations, groups };
  return {
    forward: (x, kernel, bias) => conv2d(x, kernel, { ...options, bias }),
    backward: (x, kernel, dy) => conv2dBackward(x, kernel, dy, options),
  };
}

/** A dense layer, which has no setting. */
const DENSE: KernelLayer = {
  forward: (x, kernel, bias) => dense(x, kernel, { bias }),
  backward: denseBackward,
};

/** A part with a kernel and perhaps a bias. */
function weighted(name: string, weights: Weights, layer: KernelLayer): Part {
  const kernel = weights.get(`${name}/kernel`)!;
  const bias = weights.get(`${name}/bias`);
  let seen: Tensor;
  return {
    forward: (x) => layer.forward(seen = x, kernel, bias),
    backward(dy, gradients) {
      const { dx, dKernel, dBias } = layer.backward(seen, kernel, dy);
      gradients.set(`${name}/kernel`, dKernel);
      if (bias) gradients.set(`${name}/bias`, dBias);
      return dx;
    },
  };
}

/** dx = p * (dy - sum of dy * p), row by row. */
function softmaxPart(): Part {
  let p: Tensor;
  return {
    forward: (x) => p = softmax(x),
    backward(dy) {
      const dx = { shape: p.shape, data: p.data.slice() };
      const width = p.shape.at(-1)!;
      for (let start = 0; start < dx.data.length; start += width) {
        let dot = 0;
        for (let i = start; i < start + width; i++) {
          dot += dy.data[i] * p.data[i];
        }
        for (let i = start; i < start + width; i++) {
          dx.data[i] *= dy.data[i] - dot;
        }
      }
      return dx;
    },
  };
}
