import { assertAlmostEquals, assertEquals } from "@std/assert";
import { randomNormal, tfjs, toTf, useBackend } from "cnn";
import type { Scalar, Tensor4D } from "@tensorflow/tfjs";
import { assertSameAsCpu } from "./compare.ts";

const PADS = ["same", "valid"] as const;
const KERNELS = [[1, 1], [2, 2], [3, 3], [4, 3], [5, 5]] as const;

/** Calls `visit` for strides 1 to 3, both paddings, odd and even kernels. */
async function forEachWindow(
  visit: (w: {
    kernel: readonly [number, number];
    strides: [number, number];
    pad: "same" | "valid";
    size: [number, number];
  }) => Promise<void>,
) {
  for (const kernel of KERNELS) {
    for (const strides of [[1, 1], [2, 2], [3, 3], [2, 1]] as const) {
      for (const pad of PADS) {
        for (const size of [[8, 7], [9, 10]] as const) {
          await visit({ kernel, strides: [...strides], pad, size: [...size] });
        }
      }
    }
  }
}

const common = { dataFormat: "NHWC", dimRoundingMode: undefined };

async function outputShape(
  x: number[],
  filter: number[],
  strides: [number, number],
  dilations: [number, number] | number,
  pad: "same" | "valid",
  depthwise = false,
) {
  await useBackend("cpu");
  return tfjs().backend_util.computeConv2DInfo(
    x as [number, number, number, number],
    filter as [number, number, number, number],
    strides,
    dilations,
    pad,
    undefined,
    depthwise,
  ).outShape;
}

Deno.test("Conv2DBackpropFilter on wasm agrees with cpu", async () => {
  await forEachWindow(async ({ kernel, strides, pad, size }) => {
    const x = [2, ...size, 3], filterShape = [...kernel, 3, 4];
    const dy = await outputShape(x, filterShape, strides, 1, pad);
    await assertSameAsCpu({
      kernel: "Conv2DBackpropFilter",
      inputs: { x: { shape: x }, dy: { shape: dy } },
      attrs: { ...common, strides, pad, filterShape },
    });
  });
});

Deno.test("Conv2DBackpropInput on wasm agrees with cpu", async () => {
  await forEachWindow(async ({ kernel, strides, pad, size }) => {
    const inputShape = [2, ...size, 3], filter = [...kernel, 3, 4];
    const dy = await outputShape(inputShape, filter, strides, 1, pad);
    await assertSameAsCpu({
      kernel: "Conv2DBackpropInput",
      inputs: { dy: { shape: dy }, filter: { shape: filter } },
      attrs: { ...common, strides, pad, inputShape },
    });
  });
});

Deno.test("DepthwiseConv2dNativeBackpropFilter and Input on wasm agree with cpu", async () => {
  const check = async (
    size: number[],
    filter: number[],
    strides: [number, number],
    dilations: [number, number],
    pad: "same" | "valid",
  ) => {
    const x = [2, ...size, filter[2]];
    const dy = await outputShape(x, filter, strides, dilations, pad, true);
    const attrs = { strides, dilations, pad, dimRoundingMode: undefined };
    await assertSameAsCpu({
      kernel: "DepthwiseConv2dNativeBackpropFilter",
      inputs: { x: { shape: x }, dy: { shape: dy } },
      attrs: { ...attrs, filterShape: filter },
    });
    await assertSameAsCpu({
      kernel: "DepthwiseConv2dNativeBackpropInput",
      inputs: { dy: { shape: dy }, filter: { shape: filter } },
      attrs: { ...attrs, inputShape: x },
    });
  };
  await forEachWindow(async ({ kernel, strides, pad, size }) => {
    await check(size, [...kernel, 3, 1], strides, [1, 1], pad);
  });
  for (const pad of PADS) {
    await check([9, 8], [3, 3, 3, 2], [2, 2], [1, 1], pad);
    await check([9, 8], [3, 2, 2, 3], [1, 1], [1, 1], pad);
  }
});

Deno.test("depthwise gradients on wasm honour dilations", async () => {
  // tfjs's cpu kernels overlook them here, so the reference is a difference
  // quotient: the sum of y * dy is linear in x and in the filter.
  for (const pad of PADS) {
    for (const dilations of [[2, 2], [3, 2]] as [number, number][]) {
      const { tf } = await useBackend("wasm");
      const x = toTf(randomNormal([2, 9, 8, 2], 1)) as Tensor4D;
      const filter = toTf(randomNormal([2, 3, 2, 2], 2)) as Tensor4D;
      const loss = (x: Tensor4D, filter: Tensor4D) => {
        const y = tf.depthwiseConv2d(x, filter, 1, pad, "NHWC", dilations);
        return tf.sum(tf.mul(y, toTf(randomNormal(y.shape, 3)))) as Scalar;
      };
      const found = tf.tidy(() => {
        const dy = toTf(
          randomNormal(
            tf.depthwiseConv2d(x, filter, 1, pad, "NHWC", dilations).shape,
            3,
          ),
        ) as Tensor4D;
        const attrs = { strides: [1, 1], dilations, pad };
        const dx = tf.engine().runKernel(
          "DepthwiseConv2dNativeBackpropInput",
          { dy, filter },
          { ...attrs, inputShape: x.shape },
        ) as Tensor4D;
        const dFilter = tf.engine().runKernel(
          "DepthwiseConv2dNativeBackpropFilter",
          { x, dy },
          { ...attrs, filterShape: filter.shape },
        ) as Tensor4D;
        const unit = (like: Tensor4D, at: number) =>
          tf.oneHot(tf.tensor1d([at], "int32"), like.size)
            .toFloat().reshape(like.shape) as Tensor4D;
        const base = loss(x, filter).dataSync()[0];
        for (const at of [0, 5, 77, 150, 287]) {
          const slope = loss(x.add(unit(x, at)), filter).dataSync()[0] - base;
          assertAlmostEquals(dx.dataSync()[at], slope, 1e-3);
        }
        for (let at = 0; at < filter.size; at++) {
          const slope = loss(x, filter.add(unit(filter, at))).dataSync()[0] -
            base;
          assertAlmostEquals(dFilter.dataSync()[at], slope, 1e-3);
        }
        return dx.size;
      });
      assertEquals(found, x.size);
      tf.dispose([x, filter]);
    }
  }
});

Deno.test("UnsortedSegmentSum on wasm agrees with cpu", async () => {
  const numSegments = 5;
  for (const shape of [[6, 3], [6], [6, 2, 2]]) {
    await assertSameAsCpu({
      kernel: "UnsortedSegmentSum",
      inputs: {
        x: { shape },
        segmentIds: { shape: [6], values: [0, 4, 4, 2, 0, 0], dtype: "int32" },
      },
      attrs: { numSegments },
    });
  }
});
