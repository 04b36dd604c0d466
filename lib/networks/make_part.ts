/**
 * The runnable part for each kind of layer.
 *
 * @module
 */
import {
  avgPool2d,
  avgPool2dBackward,
  dropout,
  dropoutBackward,
  flatten,
  flattenBackward,
  globalAvgPool2d,
  globalAvgPool2dBackward,
  maxPool2d,
  maxPool2dBackward,
  relu,
  reluBackward,
  softmax,
  softmaxBackward,
} from "../layers/mod.ts";
import type { Random } from "../base/random.ts";
import type { Tensor } from "../base/tensor.ts";
import { BatchNormPart } from "./batch_norm_part.ts";
import { ConvPart, DensePart } from "./kernel_part.ts";
import { padShortcut, padShortcutBackward } from "./pad_shortcut.ts";
import type { Part } from "./part.ts";
import type { PlannedSingle } from "./plan.ts";
import type { PoolLayer } from "./types.ts";
import type { Weights } from "./weights.ts";

/** The part for one layer; its weights are those of that name. */
export function makePart(
  { layer, name }: PlannedSingle,
  weights: Weights,
  stream: Random,
): Part {
  switch (layer.kind) {
    case "conv2d":
      return new ConvPart(name, layer, weights);
    case "dense":
      return new DensePart(name, weights);
    case "batchNorm":
      return new BatchNormPart(name, layer, weights);
    case "dropout":
      return dropoutPart(layer.rate, stream);
    case "maxPool2d":
    case "avgPool2d":
      return poolPart(layer);
    case "padShortcut":
      return remembering(
        (x) => padShortcut(x, layer),
        (x, dy) => padShortcutBackward(x, dy, layer),
      );
    case "relu":
      return remembering(relu, reluBackward);
    case "flatten":
      return remembering(flatten, flattenBackward);
    case "globalAvgPool2d":
      return remembering(globalAvgPool2d, globalAvgPool2dBackward);
    case "softmax":
      return softmaxPart();
  }
}

/** A part without weights whose backward needs its input. */
function remembering(
  forward: (x: Tensor) => Tensor,
  backward: (x: Tensor, dy: Tensor) => Tensor,
): Part {
  let seen: Tensor;
  return {
    forward: (x) => forward(seen = x),
    backward: (dy) => backward(seen, dy),
  };
}

/** A pooling with its settings. */
function poolPart(layer: PoolLayer): Part {
  const { poolSize, strides, padding } = layer;
  const options = { poolSize, strides, padding };
  const [pool, back] = layer.kind === "maxPool2d"
    ? [maxPool2d, maxPool2dBackward]
    : [avgPool2d, avgPool2dBackward];
  return remembering(
    (x) => pool(x, options),
    (x, dy) => back(x, dy, options),
  );
}

/** Softmax, whose backward needs its output. */
function softmaxPart(): Part {
  let y: Tensor;
  return {
    forward: (x) => y = softmax(x),
    backward: (dy) => softmaxBackward(y, dy),
  };
}

/** Dropout: new draws in each training step, the identity in use. */
function dropoutPart(rate: number, stream: Random): Part {
  let drawn: Tensor | undefined;
  return {
    forward(x, training) {
      drawn = undefined;
      if (!training) return x;
      const { y, mask } = dropout(x, { rate, seed: stream });
      drawn = mask;
      return y;
    },
    backward: (dy) => drawn ? dropoutBackward(drawn, dy) : dy,
  };
}
