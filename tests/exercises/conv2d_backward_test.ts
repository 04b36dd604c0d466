import { conv2dBackward } from "../../lib/layers/mod.ts";
import { checkConv2dBackward } from "../../lib/exercises/mod.ts";
import { assertPasses, testMistakes } from "./student.ts";

/** The forward pass, with each product's two factors given their share. */
const SOLUTION = `(x, kernel, dy, { strides, padding, dilations }) => {
  const [N, H, W, C] = x.shape;
  const [KH, KW, , F] = kernel.shape;
  const [, OH, OW] = dy.shape;
  const before = (length, size, count) => {
    if (padding === "valid") return 0;
    const span = (size - 1) * dilations + 1;
    const total = Math.max((count - 1) * strides + span - length, 0);
    return Math.floor(total / 2);
  };
  const top = before(H, KH, OH), left = before(W, KW, OW);
  const dx = zeros(x.shape), dKernel = zeros(kernel.shape), dBias = zeros([F]);
  for (let n = 0; n < N; n++) {
    for (let oy = 0; oy < OH; oy++) {
      for (let ox = 0; ox < OW; ox++) {
        for (let f = 0; f < F; f++) {
          const d = dy.data[((n * OH + oy) * OW + ox) * F + f];
          dBias.data[f] += d;
          for (let ky = 0; ky < KH; ky++) {
            for (let kx = 0; kx < KW; kx++) {
              const iy = oy * strides + ky * dilations - top;
              const ix = ox * strides + kx * dilations - left;
              if (iy < 0 || iy >= H || ix < 0 || ix >= W) continue;
              for (let c = 0; c < C; c++) {
                const pixel = ((n * H + iy) * W + ix) * C + c;
                const weight = ((ky * KW + kx) * C + c) * F + f;
                dx.data[pixel] += d * kernel.data[weight];
                dKernel.data[weight] += d * x.data[pixel];
              }
            }
          }
        }
      }
    }
  }
  return { dx, dKernel, dBias };
}`;

const toX = "dx.data[pixel] += d * kernel.data[weight]";
const toKernel = "dKernel.data[weight] += d * x.data[pixel]";
const toBias = "dBias.data[f] += d;";
const turned = "(((KH - 1 - ky) * KW + KW - 1 - kx) * C + c) * F + f";
const half = "return Math.floor(total / 2);";

testMistakes(checkConv2dBackward, SOLUTION, [
  ["flipped kernel", [toX, `dx.data[pixel] += d * kernel.data[${turned}]`]],
  ["flipped kernel", [
    toKernel,
    `dKernel.data[${turned}] += d * x.data[pixel]`,
  ]],
  ["strides ignored", ["oy * strides", "oy"], ["ox * strides", "ox"]],
  ["dilation ignored", ["ky * dilations", "ky"], ["kx * dilations", "kx"]],
  ["padding off by one", [half, "return Math.ceil(total / 2);"]],
  ["padding off by one", [half, "return Math.floor(total / 2) + 1;"]],
  ["padding ignored", [half, "return 0;"]],
  ["padding computed without the stride", [
    half,
    "return Math.floor((span - 1) / 2);",
  ]],
  // dKernel or dBias set anew for every image, or kept apart by image.
  ["sum over the batch missing", [
    "for (let oy = 0;",
    "dKernel.data.fill(0); for (let oy = 0;",
  ]],
  ["sum over the batch missing", [toBias, "if (n === 0) dBias.data[f] += d;"]],
  ["sum over the batch missing", [toKernel, `if (n === 0) ${toKernel}`]],
  ["sum over the batch missing", [
    "dBias = zeros([F])",
    "dBias = zeros([N, F])",
  ], [
    toBias,
    "dBias.data[n * F + f] += d;",
  ]],
  ["mean over the batch", [toKernel, `${toKernel} / N`]],
  ["mean over the batch", [toBias, "dBias.data[f] += d / N;"]],
  ["mean over the batch", [toX, `${toX} / N`]],
  ["mean over all places", [toBias, "dBias.data[f] += d / (N * OH * OW);"]],
  ["mean over all places", [toKernel, `${toKernel} / (N * OH * OW)`]],
  ["contributions overwritten", [toX, toX.replace("+=", "=")]],
  ["contributions overwritten", [toKernel, toKernel.replace("+=", "=")]],
  ["contributions overwritten", [toBias, "dBias.data[f] = d;"]],
  ["filters not summed", [toX, `if (f === 0) ${toX}`]],
  ["NHWC/NCHW swap", [
    toX,
    "dx.data[((n * C + c) * H + iy) * W + ix] += d * kernel.data[weight]",
  ]],
  ["NHWC/NCHW swap", ["dx = zeros(x.shape)", "dx = zeros([N, C, H, W])"], [
    toX,
    "dx.data[((n * C + c) * H + iy) * W + ix] += d * kernel.data[weight]",
  ]],
  ["kernel axes swapped", [
    toKernel,
    "dKernel.data[((ky * KW + kx) * F + f) * C + c] += d * x.data[pixel]",
  ]],
  ["kernel axes swapped", [
    toKernel,
    "dKernel.data[((f * C + c) * KH + ky) * KW + kx] += d * x.data[pixel]",
  ]],
], { features: ["strides", "padding", "dilations"] });

Deno.test("checkConv2dBackward() accepts the library", async () => {
  await assertPasses(checkConv2dBackward, conv2dBackward);
});
