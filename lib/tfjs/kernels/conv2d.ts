/**
 * Convolution and its two gradients, NHWC.
 *
 * @module
 */
import type * as tensorflow from "@tensorflow/tfjs";
import type { Tf } from "../load.ts";
import { type Engine, POINTER_BYTES } from "./engine.ts";
import { allFloat, type Attributes, register } from "./register.ts";

type Info = tensorflow.backend_util.Conv2DInfo;
type Shape4 = [number, number, number, number];

/** Activations that the product applies by itself. */
const ACTIVATIONS: Record<string, number> = { linear: 0, relu: 1, relu6: 2 };

/** Ours: a convolution with its bias whose gradients are made when asked for. */
export const BIASED = "BiasedConv2D";

/** Padded images are made in groups of about this many bytes: they stay in cache. */
const GROUP_BYTES = 1 << 18;

/** Windows of this many bytes are made before they are added back. */
const WINDOW_BYTES = 1 << 16;

/** Steps (bytes) through a padded image, and the runs that a window consists of. */
interface Geometry {
  height: number; // of a padded image
  width: number;
  pixel: number; // bytes
  row: number;
  image: number;
  stepY: number; // from window to window
  stepX: number;
  count1: number; // runs of a window: count1 * count2 runs of `run` numbers
  step1: number;
  count2: number;
  step2: number;
  run: number;
  depth: number; // numbers in a window
  padded: boolean;
}

function geometry(info: Info): Geometry {
  const { top, bottom, left, right } = info.padInfo;
  const height = info.inHeight + top + bottom;
  const width = info.inWidth + left + right;
  const pixel = info.inChannels * 4;
  const row = width * pixel;
  const dense = info.dilationWidth === 1; // a kernel row is one run
  return {
    height,
    width,
    pixel,
    row,
    image: height * row,
    stepY: info.strideHeight * row,
    stepX: info.strideWidth * pixel,
    count1: info.filterHeight,
    step1: info.dilationHeight * row,
    count2: dense ? 1 : info.filterWidth,
    step2: info.dilationWidth * pixel,
    run: dense ? info.filterWidth * info.inChannels : info.inChannels,
    depth: info.filterHeight * info.filterWidth * info.inChannels,
    padded: top + bottom + left + right > 0,
  };
}

/** Visits the input in groups of images, padded where the convolution pads. */
function forEachGroup(
  engine: Engine,
  info: Info,
  g: Geometry,
  x: number,
  room: number,
  visit: (images: number, from: number, first: number) => void,
) {
  if (!g.padded) return visit(info.batchSize, x, 0);
  const group = groupSize(info, g);
  engine.run.clear(room, group * g.image);
  const bytes = info.inHeight * info.inWidth * g.pixel;
  for (let first = 0; first < info.batchSize; first += group) {
    const images = Math.min(group, info.batchSize - first);
    engine.run.place(
      x + first * bytes,
      images,
      info.inHeight,
      info.inWidth,
      g.pixel,
      room,
      g.height,
      g.width,
      info.padInfo.top,
      info.padInfo.left,
    );
    visit(images, room, first);
  }
}

function groupSize(info: Info, g: Geometry): number {
  return Math.max(
    1,
    Math.min(info.batchSize, Math.floor(GROUP_BYTES / g.image)),
  );
}

const eights = (columns: number) => Math.ceil(columns / 8) * 8;

/** A convolution of the images at `x`, with a kernel that `pack` packs. */
function convolve(
  engine: Engine,
  x: number,
  pack: (panels: number, panelStep: number, g: Geometry) => void,
  bias: number,
  activation: number,
  info: Info,
): tensorflow.TensorInfo {
  const g = geometry(info);
  const out = engine.output(info.outShape);
  const columns = info.outChannels;
  const [pointers, panels, room] = engine.scratch(
    POINTER_BYTES,
    g.depth * eights(columns) * 4,
    g.padded ? groupSize(info, g) * g.image : 0,
  );
  pack(panels, g.depth * 32, g);
  const at = engine.address(out);
  const outY = info.outWidth * columns * 4, outImage = info.outHeight * outY;
  forEachGroup(engine, info, g, x, room, (images, from, first) => {
    engine.run.product(
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
  const columns = info.outChannels, kernel = engine.address(filter);
  return convolve(
    engine,
    engine.address(x),
    (panels, step, g) =>
      engine.run.packPanels(
        ...[kernel, g.depth, columns, columns * 4, 4, panels, step],
      ),
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
  const taps = filterHeight * filterWidth, kernel = engine.address(filter);
  return convolve(
    engine,
    engine.address(dy),
    (panels, step) => {
      for (let tap = 0; tap < taps; tap++) {
        engine.run.packPanels(
          kernel + (taps - 1 - tap) * inChannels * outChannels * 4,
          ...[outChannels, inChannels, 4, outChannels * 4],
          ...[panels + tap * outChannels * 32, step],
        );
      }
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
