// deno-lint-ignore-file no-explicit-any
import {
  attention,
  attentionBackward,
  attentionWeights,
  avgPool2d,
  avgPool2dBackward,
  batchNorm,
  batchNormBackward,
  cast,
  checkGradient,
  conv2d,
  conv2dBackward,
  conv2dKernelBackward,
  conv2dKernelShape,
  conv2dNaive,
  conv2dNaiveBackward,
  conv2dShape,
  dense,
  dropout,
  glorotUniform,
  heNormal,
  infoNce,
  layerNorm,
  layerNormBackward,
  maxout,
  maxoutBackward,
  maxPool2d,
  maxPool2dBackward,
  outputLength,
  paddingAmounts,
  pool2dShape,
  randomNormal,
  randomUniform,
  tensor,
  zeros,
} from "cnn";
import type { Table } from "./table.ts";

/** What the compiler would not let pass. */
const wrong = (value: unknown): any => value;

const x = zeros([1, 4, 4, 2]);
const kernel = zeros([3, 3, 2, 2]);
const dy = zeros([1, 2, 2, 2]); // of a convolution without padding, of a pooling
const rows = zeros([2, 3]);
const tokens = zeros([1, 3, 2]);
const affine = { gamma: zeros([2]), beta: zeros([2]) };

export const calls: Table["calls"] = {
  attention: (extra) => attention(tokens, tokens, tokens, extra),
  attentionBackward: (extra) =>
    attentionBackward(tokens, tokens, tokens, tokens, extra),
  attentionWeights: (extra) => attentionWeights(tokens, tokens, extra),
  infoNce: (extra) => infoNce(rows, rows, extra),
  layerNorm: (extra) => layerNorm(tokens, { ...affine, ...extra }),
  layerNormBackward: (extra) =>
    layerNormBackward(tokens, tokens, { ...affine, ...extra }),

  tensor: (extra) => tensor([1, 2], [2], extra),
  randomNormal: (extra) => randomNormal([2], 1, extra),
  randomUniform: (extra) => randomUniform([2], 1, extra),

  outputLength: (extra) => outputLength(4, { size: 2, ...extra }),
  paddingAmounts: (extra) => paddingAmounts(4, { size: 2, ...extra }),
  conv2dKernelShape: (extra) =>
    conv2dKernelShape(x.shape, { filters: 2, kernelSize: 3, ...extra }),
  conv2dShape: (extra) => conv2dShape(x.shape, kernel.shape, extra),
  conv2dNaive: (extra) => conv2dNaive(x, kernel, extra),
  conv2dNaiveBackward: (extra) => conv2dNaiveBackward(x, kernel, dy, extra),
  conv2d: (extra) => conv2d(x, kernel, extra),
  conv2dBackward: (extra) => conv2dBackward(x, kernel, dy, extra),
  conv2dKernelBackward: (extra) => conv2dKernelBackward(x, kernel, dy, extra),

  pool2dShape: (extra) => pool2dShape(x.shape, extra),
  maxPool2d: (extra) => maxPool2d(x, extra),
  maxout: (extra) => maxout(x, { pieces: 1, ...extra }),
  maxoutBackward: (extra) => maxoutBackward(x, x, { pieces: 1, ...extra }),
  maxPool2dBackward: (extra) => maxPool2dBackward(x, dy, extra),
  avgPool2d: (extra) => avgPool2d(x, extra),
  avgPool2dBackward: (extra) => avgPool2dBackward(x, dy, extra),

  dense: (extra) => dense(rows, zeros([3, 2]), extra),
  batchNorm: (extra) => batchNorm(x, { ...affine, ...extra }),
  batchNormBackward: (extra) =>
    batchNormBackward(x, x, { ...affine, ...extra }),
  dropout: (extra) => dropout(x, { rate: 0.5, seed: 1, ...extra }),
  checkGradient: (extra) =>
    checkGradient(() => 0, rows, { analytic: rows, ...extra }),
};

/** The same two misspelt paddings for each function with a window. */
const paddings = Object.fromEntries(
  [
    "outputLength",
    "paddingAmounts",
    "conv2dShape",
    "conv2dNaive",
    "conv2dNaiveBackward",
    "conv2d",
    "conv2dBackward",
    "conv2dKernelBackward",
    "pool2dShape",
    "maxPool2d",
    "maxPool2dBackward",
    "avgPool2d",
    "avgPool2dBackward",
  ].map((name): [string, [string, () => unknown][]] => [
    name,
    ["Same", "full"].map((padding) => [
      padding,
      () => calls[name]({ padding }),
    ]),
  ]),
);

export const words: Table["words"] = {
  ...paddings,
  tensor: [["float16", () => calls.tensor({ dtype: "float16" })]],
  zeros: [["int32", () => zeros([2], wrong("int32"))]],
  cast: [["Float64", () => cast(rows, wrong("Float64"))]],
  randomNormal: [["double", () => calls.randomNormal({ dtype: "double" })]],
  randomUniform: [["float", () => calls.randomUniform({ dtype: "float" })]],
  heNormal: [["half", () => heNormal([2, 3], 1, wrong("half"))]],
  glorotUniform: [["f32", () => glorotUniform([2, 3], 1, wrong("f32"))]],
};
