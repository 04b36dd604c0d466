import {
  dense,
  denseBackward,
  flatten,
  relu,
  reluBackward,
} from "../../lib/layers/mod.ts";
import {
  checkDense,
  checkDenseBackward,
  checkFlatten,
  checkFlattenChannelsFirst,
  checkRelu,
  checkReluBackward,
} from "../../lib/exercises/mod.ts";
import { assertPasses, testMistakes } from "./student.ts";

const place = "n * H * W * C + (h * W + w) * C + c";
const row = "[N, H * W * C]";

testMistakes(
  checkFlatten,
  `(x) => {
    const [N, H, W, C] = x.shape;
    const y = zeros(${row});
    for (let n = 0; n < N; n++) for (let h = 0; h < H; h++)
    for (let w = 0; w < W; w++) for (let c = 0; c < C; c++) {
      y.data[${place}] = x.data[((n * H + h) * W + w) * C + c];
    }
    return y;
  }`,
  [
    ["batch axis flattened away", [row, "[N * H * W * C]"]],
    ["batch axis flattened away", [row, "[1, N * H * W * C]"]],
    ["NHWC/NCHW swap", [place, "n * H * W * C + (c * H + h) * W + w"]],
    ["height and width swapped", [
      place,
      "n * H * W * C + (w * H + h) * C + c",
    ]],
    ["batch axis last", [row, "[H * W * C, N]"], [
      place,
      "((h * W + w) * C + c) * N + n",
    ]],
    ["channels not flattened", [row, "[N, H * W, C]"]],
    ["only the first image", ["[N, H, W, C]", "[, H, W, C]"], [
      row,
      "[1, H * W * C]",
    ], ["n < N", "n < 1"]],
  ],
);

testMistakes(
  checkFlattenChannelsFirst,
  `(x) => {
    const [N, C, H, W] = x.shape;
    const y = zeros(${row});
    for (let n = 0; n < N; n++) for (let h = 0; h < H; h++)
    for (let w = 0; w < W; w++) for (let c = 0; c < C; c++) {
      y.data[${place}] = x.data[((n * C + c) * H + h) * W + w];
    }
    return y;
  }`,
  [
    ["channels one after the other", [
      place,
      "n * H * W * C + (c * H + h) * W + w",
    ]],
    ["height and width swapped", [
      place,
      "n * H * W * C + (w * H + h) * C + c",
    ]],
    ["the shape read as [N, H, W, C]", ["[N, C, H, W]", "[N, H, W, C]"]],
    ["batch axis flattened away", [row, "[N * H * W * C]"]],
    ["only the first image", ["[N, C, H, W]", "[, C, H, W]"], [
      row,
      "[1, H * W * C]",
    ], ["n < N", "n < 1"]],
  ],
);

testMistakes(
  checkDense,
  `(x, kernel, { bias }) => {
    const [N, I] = x.shape, O = kernel.shape[1];
    const y = zeros([N, O]);
    for (let n = 0; n < N; n++) {
      for (let o = 0; o < O; o++) {
        let sum = bias.data[o];
        for (let i = 0; i < I; i++) {
          sum += x.data[n * I + i] * kernel.data[i * O + o];
        }
        y.data[n * O + o] = sum;
      }
    }
    return y;
  }`,
  [
    ["missing bias", ["bias.data[o]", "0"]],
    ["transposed kernel", ["i * O + o", "o * I + i"]],
    ["bias added too often", ["let sum = bias.data[o]", "let sum = 0"], [
      "sum +=",
      "sum += bias.data[o] +",
    ]],
    ["ReLU applied", ["= sum;", "= Math.max(sum, 0);"]],
    ["batch axis flattened away", ["zeros([N, O])", "zeros([N * O])"]],
    ["batch axis last", ["zeros([N, O])", "zeros([O, N])"], [
      "n * O + o",
      "o * N + n",
    ]],
    ["only one image of the batch", ["n < N", "n < 1"]],
    ["products not summed", ["sum += x.data", "sum = bias.data[o] + x.data"]],
  ],
);

const toX = "dx.data[n * I + i] += d * kernel.data[i * O + o]";
const toKernel = "dKernel.data[i * O + o] += d * x.data[n * I + i]";

testMistakes(
  checkDenseBackward,
  `(x, kernel, dy) => {
    const [N, I] = x.shape, O = kernel.shape[1];
    const dx = zeros([N, I]), dKernel = zeros([I, O]), dBias = zeros([O]);
    for (let n = 0; n < N; n++) {
      for (let o = 0; o < O; o++) {
        const d = dy.data[n * O + o];
        dBias.data[o] += d;
        for (let i = 0; i < I; i++) {
          ${toX};
          ${toKernel};
        }
      }
    }
    return { dx, dKernel, dBias };
  }`,
  [
    ["transposed kernel", [
      toX,
      "dx.data[n * I + i] += d * kernel.data[o * I + i]",
    ]],
    ["transposed kernel", [
      toKernel,
      "dKernel.data[o * I + i] += d * x.data[n * I + i]",
    ]],
    ["transposed kernel", ["zeros([I, O])", "zeros([O, I])"], [
      toKernel,
      "dKernel.data[o * I + i] += d * x.data[n * I + i]",
    ]],
    ["sum over the batch missing", [toKernel, toKernel.replace("+=", "=")]],
    ["sum over the batch missing", ["dBias.data[o] += d", "dBias.data[o] = d"]],
    ["sum over the batch missing", [
      "dBias.data[o] += d",
      "if (n === 0) dBias.data[o] = d",
    ]],
    ["sum over the batch missing", ["dBias = zeros([O])", "dBias = dy"], [
      "dBias.data[o] += d;",
      "",
    ]],
    ["mean over the batch", [toKernel, `${toKernel} / N`]],
    ["mean over the batch", ["dBias.data[o] += d", "dBias.data[o] += d / N"]],
  ],
);

testMistakes(
  checkRelu,
  "(x) => ({ shape: x.shape, data: x.data.map((v) => v > 0 ? v : 0) })",
  [
    ["absolute value", ["v > 0 ? v : 0", "Math.abs(v)"]],
    ["sign the wrong way round", ["v > 0", "v < 0"]],
    ["step instead of ReLU", ["? v", "? 1"]],
    ["ReLU missing", ["v > 0 ? v : 0", "v"]],
  ],
);

testMistakes(
  checkReluBackward,
  "(x, dy) => ({ shape: x.shape, data: dy.data.map((d, i) => x.data[i] > 0 ? d : 0) })",
  [
    ["sign of dy instead of x", ["x.data[i] > 0", "d > 0"]],
    ["gradient passes at 0", ["x.data[i] > 0", "x.data[i] >= 0"]],
    ["sign the wrong way round", ["x.data[i] > 0", "x.data[i] < 0"]],
    ["dy missing", ["? d", "? 1"]],
    ["x instead of dy", ["? d", "? x.data[i]"]],
    ["dy times x", ["? d", "? d * x.data[i]"]],
    ["ReLU ignored", ["x.data[i] > 0 ? d : 0", "d"]],
  ],
);

Deno.test("the checks of layers accept the library", async () => {
  await assertPasses(checkFlatten, flatten);
  await assertPasses(checkDense, dense);
  await assertPasses(checkDenseBackward, denseBackward);
  await assertPasses(checkRelu, relu);
  await assertPasses(checkReluBackward, reluBackward);
});
