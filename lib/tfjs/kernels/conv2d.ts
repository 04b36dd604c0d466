/**
 * Convolution and its two gradients, NHWC.
 *
 * @module
 */
import type * as tensorflow from "@tensorflow/tfjs";
import type { Tf } from "../load.ts";
import { type Engine, POINTER_BYTES } from "./engine.ts";
import {
  eights,
  forEachGroup,
  geometry,
  groupSize,
  type Info,
  type KernelPlace,
} from "./geometry.ts";
import {
  suitsWinograd,
  winogradForward,
  winogradGradient,
} from "./winograd.ts";
import { allFloat, type Attributes, register } from "./register.ts";

type Shape4 = [number, number, number, number];

/** Activations that the product applies by itself. */
const ACTIVATIONS: Record<string, number> = { linear: 0, relu: 1, relu6: 2 };

/** Ours: a convolution with its bias whose gradients are made when asked for. */
export const BIASED = "BiasedConv2D";

/** Windows of this many bytes are made before they are added back. */
const WINDOW_BYTES = 1 << 16;

/** A convolution of the images at `x`. */
function convolve(
  engine: Engine,
  x: number,
  kernel: KernelPlace,
  bias: number,
  activation: number,
  info: Info,
): tensorflow.TensorInfo {
  if (suitsWinograd(info)) {
    return winogradForward(engine, x, kernel, bias, activation, info);
  }
  const g = geometry(info);
  const { run } = engine;
  const out = engine.output(info.outShape);
  const columns = info.outChannels;
  const [pointers, panels, room] = engine.scratch(
    POINTER_BYTES,
    g.depth * eights(columns) * 4,
    g.padded ? groupSize(info, g) * g.image : 0,
  );
  const { address, tapStep, inStep, outStep } = kernel;
  const taps = info.filterHeight * info.filterWidth, cin = info.inChannels;
  for (let tap = 0; tap < taps; tap++) {
    run.packPanels(
      ...[address + tap * tapStep, cin, columns, inStep, outStep],
      ...[panels + tap * cin * 32, g.depth * 32],
    );
  }
  const at = engine.address(out);
  const outY = info.outWidth * columns * 4, outImage = info.outHeight * outY;
  forEachGroup(engine, info, g, x, room, (images, from, first) => {
    run.product(
      ...[from, g.image, g.stepY, g.stepX],
      ...[images, info.outHeight, info.outWidth],
      ...[g.count1, g.step1, g.count2, g.step2, g.run],
      ...[panels, columns],
      ...[at + first * outImage, outImage, outY, columns * 4],
      ...[bias, activation, pointers],
    );
  });
  return out;
}

/** y = x * filter, with bias and activation. */
function forward(
  engine: Engine,
  x: tensorflow.TensorInfo,
  filter: tensorflow.TensorInfo,
  bias: tensorflow.TensorInfo | undefined,
  activation: number,
  info: Info,
): tensorflow.TensorInfo {
  const { inChannels, outChannels } = info;
  return convolve(
    engine,
    engine.address(x),
    {
      address: engine.address(filter),
      tapStep: inChannels * outChannels * 4,
      inStep: outChannels * 4,
      outStep: 4,
    },
    bias === undefined ? 0 : engine.address(bias),
    activation,
    info,
  );
}

/** dFilter = sum over all windows of window^T * dy. */
function filterGradient(
  engine: Engine,
  x: tensorflow.TensorInfo,
  dy: tensorflow.TensorInfo,
  info: Info,
): tensorflow.TensorInfo {
  if (suitsWinograd(info)) return winogradGradient(engine, x, dy, info);
  const g = geometry(info);
  const out = engine.output(info.filterShape);
  const columns = info.outChannels;
  const taps = Math.ceil(g.depth / 6) * 6;
  const [offsets, sums, room] = engine.scratch(
    taps * 4,
    taps * eights(columns) * 4,
    g.padded ? groupSize(info, g) * g.image : 0,
  );
  const { run } = engine;
  run.tapOffsets(g.count1, g.step1, g.count2, g.step2, g.run, offsets);
  run.clear(sums, taps * eights(columns) * 4);
  const outY = info.outWidth * columns * 4, outImage = info.outHeight * outY;
  const from = engine.address(dy);
  forEachGroup(engine, info, g, engine.address(x), room, (images, at, n) => {
    run.outer(
      ...[at, g.image, g.stepY, g.stepX],
      ...[from + n * outImage, outImage, outY, columns * 4],
      ...[images, info.outHeight, info.outWidth],
      ...[offsets, g.depth, columns, sums],
    );
  });
  run.unpadSums(sums, g.depth, columns, engine.address(out));
  return out;
}

/** dx, by whichever of the two ways takes fewer steps. */
function inputGradient(
  engine: Engine,
  dy: tensorflow.TensorInfo,
  filter: tensorflow.TensorInfo,
  info: Info,
): tensorflow.TensorInfo {
  const { filterHeight, filterWidth, inChannels, outChannels, padInfo } = info;
  const taps = filterHeight * filterWidth;
  const canTurn = info.strideHeight === 1 && info.strideWidth === 1 &&
    info.dilationHeight === 1 && info.dilationWidth === 1 &&
    Math.max(padInfo.top, padInfo.bottom) < filterHeight &&
    Math.max(padInfo.left, padInfo.right) < filterWidth;
  const turned = info.inHeight * info.inWidth * taps * outChannels *
    eights(inChannels);
  // Adding a number back costs about as much as five products.
  const scattered = info.outHeight * info.outWidth * taps * inChannels *
    (outChannels + 5);
  return canTurn && turned <= scattered
    ? turnedGradient(engine, dy, filter, info)
    : scatteredGradient(engine, dy, filter, info);
}

/** dx as a convolution of dy with the kernel turned by half a circle. */
function turnedGradient(
  engine: Engine,
  dy: tensorflow.TensorInfo,
  filter: tensorflow.TensorInfo,
  info: Info,
): tensorflow.TensorInfo {
  const { filterHeight, filterWidth, inChannels, outChannels, padInfo } = info;
  const tapStep = inChannels * outChannels * 4;
  return convolve(
    engine,
    engine.address(dy),
    {
      address: engine.address(filter) +
        (filterHeight * filterWidth - 1) * tapStep,
      tapStep: -tapStep,
      inStep: 4,
      outStep: outChannels * 4,
    },
    0,
    0,
    {
      ...info,
      inHeight: info.outHeight,
      inWidth: info.outWidth,
      inChannels: outChannels,
      outHeight: info.inHeight,
      outWidth: info.inWidth,
      outChannels: inChannels,
      outShape: info.inShape,
      padInfo: {
        ...padInfo,
        top: filterHeight - 1 - padInfo.top,
        bottom: filterHeight - 1 - padInfo.bottom,
        left: filterWidth - 1 - padInfo.left,
        right: filterWidth - 1 - padInfo.right,
      },
    },
  );
}

/** dx: each window's gradient dy * filter^T, added back to where it was taken. */
function scatteredGradient(
  engine: Engine,
  dy: tensorflow.TensorInfo,
  filter: tensorflow.TensorInfo,
  info: Info,
): tensorflow.TensorInfo {
  const g = geometry(info);
  const out = engine.output(info.inShape);
  const { outHeight, outWidth, outChannels } = info;
  const windowRow = outWidth * g.depth * 4;
  const rows = Math.max(
    1,
    Math.min(outHeight, Math.floor(WINDOW_BYTES / windowRow)),
  );
  const [pointers, panels, windows, room] = engine.scratch(
    POINTER_BYTES,
    outChannels * eights(g.depth) * 4,
    rows * windowRow,
    g.padded ? g.image : 0,
  );
  const { run } = engine;
  run.packPanels(
    engine.address(filter),
    outChannels,
    g.depth,
    4,
    outChannels * 4,
    panels,
    outChannels * 32,
  );
  const dyRow = outWidth * outChannels * 4;
  const bytes = info.inHeight * info.inWidth * g.pixel;
  let from = engine.address(dy), to = engine.address(out);
  for (let n = 0; n < info.batchSize; n++) {
    const image = g.padded ? room : to;
    run.clear(image, g.padded ? g.image : bytes);
    for (let y = 0; y < outHeight; y += rows) {
      const count = Math.min(rows, outHeight - y);
      run.product(
        ...[from, 0, 0, outChannels * 4, 1, 1, count * outWidth],
        ...[1, 0, 1, 0, outChannels],
        ...[panels, g.depth, windows, 0, 0, g.depth * 4],
        ...[0, 0, pointers],
      );
      run.scatter(
        ...[windows, count, outWidth],
        ...[g.count1, g.step1, g.count2, g.step2, g.run],
        ...[image + y * g.stepY, g.stepY, g.stepX],
      );
      from += count * dyRow;
    }
    if (g.padded) {
      run.cut(
        ...[room, g.height, g.width, info.padInfo.top, info.padInfo.left],
        ...[to, 1, info.inHeight, info.inWidth, g.pixel],
      );
    }
    to += bytes;
  }
  return out;
}

/** Registers Conv2D, FusedConv2D and the gradients of Conv2D. */
export function registerConv2d(tf: Tf): void {
  const describe = (x: number[], filter: number[], attrs: Attributes) =>
    tf.backend_util.computeConv2DInfo(
      x as Shape4,
      filter as Shape4,
      attrs.strides,
      attrs.dilations ?? 1,
      attrs.pad,
      attrs.dimRoundingMode,
    );
  const channelsLast = (attrs: Attributes) =>
    (attrs.dataFormat ?? "NHWC") === "NHWC";

  register(tf, "Conv2D", (engine, { x, filter }, attrs) => {
    if (!channelsLast(attrs) || !allFloat(x, filter)) return undefined;
    const info = describe(x.shape, filter.shape, attrs);
    return forward(engine, x, filter, undefined, 0, info);
  });
  register(tf, "FusedConv2D", (engine, { x, filter, bias }, attrs) => {
    const activation = ACTIVATIONS[attrs.activation ?? "linear"];
    if (
      activation === undefined || !channelsLast(attrs) ||
      !allFloat(x, filter, bias) ||
      (bias !== undefined && bias.shape.length !== 1)
    ) return undefined;
    const info = describe(x.shape, filter.shape, attrs);
    if (bias !== undefined && bias.shape[0] !== info.outChannels) {
      return undefined;
    }
    return forward(engine, x, filter, bias, activation, info);
  });
  register(tf, BIASED, (engine, { x, filter, bias }, attrs) =>
    forward(
      ...[engine, x, filter, bias, 0] as const,
      describe(x.shape, filter.shape, attrs),
    ));
  register(tf, "Conv2DBackpropFilter", (engine, { x, dy }, attrs) => {
    if (!channelsLast(attrs) || !allFloat(x, dy)) return undefined;
    const info = describe(x.shape, attrs.filterShape, attrs);
    return filterGradient(engine, x, dy, info);
  });
  register(tf, "Conv2DBackpropInput", (engine, { dy, filter }, attrs) => {
    if (!channelsLast(attrs) || !allFloat(dy, filter)) return undefined;
    const info = describe(attrs.inputShape, filter.shape, attrs);
    return inputGradient(engine, dy, filter, info);
  });
  registerConv2dGradients(tf, channelsLast);
}

/** Registers gradients that, unlike tfjs's, know dilations. */
function registerConv2dGradients(
  tf: Tf,
  channelsLast: (attrs: Attributes) => boolean,
): void {
  type Tensor = tensorflow.Tensor;
  const run = (name: string, inputs: Record<string, Tensor>, attrs: object) =>
    tf.engine().runKernel(name, inputs, attrs as tensorflow.NamedAttrMap);
  const gradients = (dy: Tensor, [x, filter]: Tensor[], attrs: object) => ({
    x: () =>
      run("Conv2DBackpropInput", { dy, filter }, {
        ...attrs,
        inputShape: x.shape,
      }) as Tensor,
    filter: () =>
      run("Conv2DBackpropFilter", { x, dy }, {
        ...attrs,
        filterShape: filter.shape,
      }) as Tensor,
    bias: () => tf.sum(dy, [0, 1, 2]),
  });
  const stock = tf.getGradient("Conv2D");
  tf.registerGradient({
    ...stock,
    gradFunc: (dy, saved, attrs) => {
      const mine = tf.getBackend() === "wasm" && channelsLast(attrs) &&
        allFloat(...saved);
      if (!mine) return stock.gradFunc(dy, saved, attrs);
      const { x, filter } = gradients(dy as Tensor, saved, attrs);
      return { x, filter };
    },
  });
  tf.registerGradient({
    kernelName: BIASED,
    inputsToSave: ["x", "filter"],
    gradFunc: (dy, saved, attrs) => gradients(dy as Tensor, saved, attrs),
  });
}
