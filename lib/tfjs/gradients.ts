/**
 * The gradient kernels that TensorFlow.js's WebAssembly engine lacks, written
 * with operations that it has.
 *
 * @module
 */
import type * as tensorflow from "@tensorflow/tfjs";
import type { Tf } from "./load.ts";

type T4 = tensorflow.Tensor4D;
type Inputs = Record<string, T4>;

// deno-lint-ignore no-explicit-any
type Attributes = any;

/** Registers a kernel for wasm in place of the one there, if any. */
function register(
  tf: Tf,
  kernelName: string,
  kernel: (inputs: Inputs, attrs: Attributes) => tensorflow.Tensor,
) {
  const there = tf.getKernel(kernelName, "wasm");
  if (there !== undefined) tf.unregisterKernel(kernelName, "wasm");
  tf.registerKernel({
    kernelName,
    backendName: "wasm",
    kernelFunc: ({ inputs, attrs }) =>
      tf.tidy(() => kernel(inputs as unknown as Inputs, attrs)),
  });
}

/** Registers the missing gradient kernels for wasm. */
export function registerGradients(tf: Tf): void {
  register(tf, "Conv2DBackpropFilter", ({ x, dy }, attrs) => {
    const { strides, pad, dataFormat, dimRoundingMode, filterShape } = attrs;
    const info = tf.backend_util.computeConv2DInfo(
      x.shape,
      filterShape,
      strides,
      1,
      pad,
      dimRoundingMode,
      false,
      tf.backend_util.convertConv2DDataFormat(dataFormat),
    );
    return filterGradient(tf, x, dy, info);
  });
  register(tf, "UnsortedSegmentSum", ({ x, segmentIds }, { numSegments }) => {
    // A sum by segment is a product with the segments' one-hot matrix.
    const rows = segmentIds.shape[0];
    const hot = tf.oneHot(
      segmentIds.as1D().toInt(),
      numSegments,
    ).toFloat() as tensorflow.Tensor2D;
    return tf.matMul(hot, x.reshape([rows, -1]).toFloat(), true)
      .reshape([numSegments, ...x.shape.slice(1)]).cast(x.dtype);
  });
  register(tf, "MaxPoolGrad", ({ dy, input }, attrs) => {
    const { filterSize, strides, pad, dimRoundingMode } = attrs;
    const info = tf.backend_util.computePool2DInfo(
      input.shape,
      filterSize,
      strides,
      1,
      pad,
      dimRoundingMode,
    );
    return maxPoolGradient(tf, dy, input, info);
  });
  registerDepthwise(tf);
}

/**
 * Each window hands its gradient to the first of its largest inputs. (The
 * engine's own kernel forgets windows without a positive input.)
 */
function maxPoolGradient(
  tf: Tf,
  dy: T4,
  x: T4,
  info: tensorflow.backend_util.Conv2DInfo,
): tensorflow.Tensor {
  const given = dy.dataSync(), values = x.dataSync();
  const { inHeight, inWidth, inChannels: depth } = info;
  const dx = new Float32Array(values.length);
  let at = 0;
  for (let n = 0; n < info.batchSize; n++) {
    for (let i = 0; i < info.outHeight; i++) {
      for (let j = 0; j < info.outWidth; j++) {
        const top = i * info.strideHeight - info.padInfo.top;
        const left = j * info.strideWidth - info.padInfo.left;
        for (let c = 0; c < depth; c++) {
          let best = -1;
          for (let a = 0; a < info.filterHeight; a++) {
            if (top + a < 0 || top + a >= inHeight) continue;
            for (let b = 0; b < info.filterWidth; b++) {
              if (left + b < 0 || left + b >= inWidth) continue;
              const place =
                ((n * inHeight + top + a) * inWidth + left + b) * depth + c;
              if (best < 0 || values[place] > values[best]) best = place;
            }
          }
          dx[best] += given[at++];
        }
      }
    }
  }
  return tf.tensor(dx, x.shape);
}

/** The gradient of the kernel as one convolution: strides become dilations. */
function filterGradient(
  tf: Tf,
  x: T4,
  dy: T4,
  info: tensorflow.backend_util.Conv2DInfo,
): tensorflow.Tensor {
  const { padInfo, inHeight, inWidth, outHeight, outWidth } = info;
  const end = (
    size: number,
    out: number,
    kernel: number,
    before: number,
    s: number,
  ) => kernel - 1 + (out - 1) * s + 1 - size - before;
  const bottom = end(
    inHeight,
    outHeight,
    info.filterHeight,
    padInfo.top,
    info.strideHeight,
  );
  const right = end(
    inWidth,
    outWidth,
    info.filterWidth,
    padInfo.left,
    info.strideWidth,
  );
  const padded = tf.pad(x, [
    [0, 0],
    [padInfo.top, Math.max(0, bottom)],
    [padInfo.left, Math.max(0, right)],
    [0, 0],
  ]).slice([0, 0, 0, 0], [
    -1,
    inHeight + padInfo.top + bottom,
    inWidth + padInfo.left + right,
    -1,
  ]);
  const image = padded.transpose([3, 1, 2, 0]) as T4; // [Cin, H, W, N]
  const kernel = dy.transpose([1, 2, 0, 3]) as T4; // [OH, OW, N, Cout]
  const result = tf.conv2d(image, kernel, 1, "valid", "NHWC", [
    info.strideHeight,
    info.strideWidth,
  ]);
  return result.transpose([1, 2, 0, 3]); // [KH, KW, Cin, Cout]
}

function registerDepthwise(tf: Tf) {
  // One tap of the kernel at a time: the inputs that it meets are a strided slice.
  const taps = (
    info: tensorflow.backend_util.Conv2DInfo,
    padded: T4,
    visit: (
      i: number,
      j: number,
      begin: number[],
      end: number[],
      strides: number[],
    ) => void,
  ) => {
    for (let i = 0; i < info.filterHeight; i++) {
      for (let j = 0; j < info.filterWidth; j++) {
        const top = i * info.dilationHeight, left = j * info.dilationWidth;
        visit(i, j, [0, top, left, 0], [
          padded.shape[0],
          top + (info.outHeight - 1) * info.strideHeight + 1,
          left + (info.outWidth - 1) * info.strideWidth + 1,
          padded.shape[3],
        ], [1, info.strideHeight, info.strideWidth, 1]);
      }
    }
  };
  const pads = (
    info: tensorflow.backend_util.Conv2DInfo,
  ): [number, number][] => [
    [0, 0],
    [info.padInfo.top, info.padInfo.bottom],
    [info.padInfo.left, info.padInfo.right],
    [0, 0],
  ];
  register(tf, "DepthwiseConv2dNativeBackpropFilter", ({ x, dy }, attrs) => {
    const info = tf.backend_util.computeConv2DInfo(
      x.shape,
      attrs.filterShape,
      attrs.strides,
      attrs.dilations,
      attrs.pad,
      attrs.dimRoundingMode,
      true,
    );
    const padded = tf.pad(x, pads(info)) as T4;
    const multiplier = info.outChannels / info.inChannels;
    const rows: tensorflow.Tensor[] = [];
    const split = dy.reshape([-1, info.inChannels, multiplier]);
    taps(info, padded, (_i, _j, begin, end, strides) => {
      const seen = tf.stridedSlice(padded, begin, end, strides).reshape([
        -1,
        info.inChannels,
        1,
      ]);
      rows.push(tf.sum(tf.mul(seen, split), 0));
    });
    return tf.stack(rows).reshape(attrs.filterShape);
  });
  register(
    tf,
    "DepthwiseConv2dNativeBackpropInput",
    ({ dy, filter }, attrs) => {
      const info = tf.backend_util.computeConv2DInfo(
        attrs.inputShape,
        filter.shape,
        attrs.strides,
        attrs.dilations,
        attrs.pad,
        attrs.dimRoundingMode,
        true,
      );
      const multiplier = info.outChannels / info.inChannels;
      const p = pads(info);
      const h = info.inHeight + p[1][0] + p[1][1],
        w = info.inWidth + p[2][0] + p[2][1];
      const { strideHeight: sh, strideWidth: sw } = info;
      let dx = tf.zeros([info.batchSize, h, w, info.inChannels]);
      const split = dy.reshape([
        ...dy.shape.slice(0, 3),
        info.inChannels,
        multiplier,
      ]);
      for (let i = 0; i < info.filterHeight; i++) {
        for (let j = 0; j < info.filterWidth; j++) {
          const k = filter.slice([i, j, 0, 0], [1, 1, -1, -1]);
          // [N, OH, OW, Cin], spread over the places that this tap met
          const part = tf.sum(
            tf.mul(split, k.reshape([1, 1, 1, info.inChannels, multiplier])),
            4,
          );
          const spread = tf.pad(
            part.reshape([
              info.batchSize,
              info.outHeight,
              1,
              info.outWidth,
              1,
              info.inChannels,
            ]),
            [[0, 0], [0, 0], [0, sh - 1], [0, 0], [0, sw - 1], [0, 0]],
          ).reshape([
            info.batchSize,
            info.outHeight * sh,
            info.outWidth * sw,
            info.inChannels,
          ])
            .slice([0, 0, 0, 0], [
              -1,
              (info.outHeight - 1) * sh + 1,
              (info.outWidth - 1) * sw + 1,
              -1,
            ]);
          const top = i * info.dilationHeight, left = j * info.dilationWidth;
          dx = tf.add(
            dx,
            tf.pad(spread, [[0, 0], [top, h - top - spread.shape[1]!], [
              left,
              w - left - spread.shape[2]!,
            ], [0, 0]]),
          );
        }
      }
      return tf.slice(dx, [0, p[1][0], p[2][0], 0], [...attrs.inputShape]);
    },
  );
}
