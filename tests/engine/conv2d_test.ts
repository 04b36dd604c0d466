import { assertSameAsCpu } from "./compare.ts";

const PADS = ["same", "valid", [[0, 0], [2, 1], [0, 2], [0, 0]]] as const;

Deno.test("Conv2D on wasm agrees with cpu", async () => {
  for (const kernel of [[1, 1], [2, 2], [3, 3], [4, 3], [5, 5]]) {
    for (const strides of [[1, 1], [2, 2], [3, 3], [2, 1]]) {
      for (const pad of PADS) {
        for (const [size, channels] of [[[8, 7], [3, 4]], [[9, 10], [1, 10]]]) {
          await assertSameAsCpu({
            kernel: "Conv2D",
            inputs: {
              x: { shape: [3, ...size, channels[0]] },
              filter: { shape: [...kernel, ...channels] },
            },
            attrs: { strides, pad, dataFormat: "NHWC", dilations: [1, 1] },
          });
        }
      }
    }
  }
});

Deno.test("Conv2D on wasm agrees with cpu for dilations", async () => {
  for (const dilations of [[2, 2], [3, 1], [1, 3]]) {
    for (const kernel of [[2, 2], [3, 3], [3, 2]]) {
      for (const pad of ["same", "valid"]) {
        await assertSameAsCpu({
          kernel: "Conv2D",
          inputs: {
            x: { shape: [2, 9, 10, 3] },
            filter: { shape: [...kernel, 3, 9] },
          },
          attrs: { strides: [1, 1], pad, dataFormat: "NHWC", dilations },
        });
      }
    }
  }
});

Deno.test("Conv2D on wasm agrees with cpu for large batches and many channels", async () => {
  for (
    const [x, filter] of [
      [[200, 6, 6, 2], [3, 3, 2, 3]],
      [[5, 40, 40, 16], [3, 3, 16, 20]], // padded in several groups
      [[1, 5, 5, 70], [3, 3, 70, 33]],
      [[0, 5, 5, 2], [3, 3, 2, 3]],
    ]
  ) {
    await assertSameAsCpu({
      kernel: "Conv2D",
      inputs: { x: { shape: x }, filter: { shape: filter } },
      attrs: {
        strides: [1, 1],
        pad: "same",
        dataFormat: "NHWC",
        dilations: [1, 1],
      },
    });
  }
});

Deno.test("FusedConv2D on wasm agrees with cpu", async () => {
  for (const activation of ["linear", "relu", "relu6", "sigmoid"]) {
    for (const filters of [6, 8, 19]) {
      await assertSameAsCpu({
        kernel: "FusedConv2D",
        inputs: {
          x: { shape: [2, 7, 6, 3] },
          filter: { shape: [3, 3, 3, filters] },
          bias: { shape: [filters] },
        },
        attrs: {
          strides: [1, 1],
          pad: "same",
          dataFormat: "NHWC",
          dilations: [1, 1],
          activation,
        },
      });
    }
  }
});
