import { outputLength } from "../../lib/layers/mod.ts";
import {
  checkConv2dParameters,
  checkDenseParameters,
  checkOutputLength,
  checkReceptiveField,
} from "../../lib/exercises/mod.ts";
import { assertPasses, testMistakes } from "./student.ts";

const valid = "Math.floor((length - span) / stride) + 1";
const same = "Math.ceil(length / stride)";
const span = "(size - 1) * dilation + 1";

testMistakes(
  checkOutputLength,
  `(length, { size, stride, padding, dilation }) => {
    const span = ${span};
    return padding === "same" ? ${same} : ${valid};
  }`,
  [
    ["missing + 1", [valid, "Math.floor((length - span) / stride)"]],
    ["strides ignored", [valid, "length - span + 1"]],
    ["rounded up instead of down", [
      valid,
      "Math.ceil((length - span) / stride) + 1",
    ]],
    ["rounded to the nearest", [
      valid,
      "Math.round((length - span) / stride) + 1",
    ]],
    ["not rounded", [valid, "(length - span) / stride + 1"]],
    ["+ 1 before the division", [
      valid,
      "Math.floor((length - span + 1) / stride)",
    ]],
    ["size not subtracted", [valid, "Math.floor(length / stride)"]],
    ["size not subtracted", [valid, "Math.ceil(length / stride)"]],
    ["padding ignored", ['padding === "same"', "false"]],
    ["rounded down instead of up", [same, "Math.floor(length / stride)"]],
    ["strides ignored with padding same", [same, "length"]],
    ["dilation ignored", [span, "size"]],
    ["dilation times the whole size", [span, "size * dilation"]],
  ],
  { features: ["padding", "dilation"] },
);

Deno.test("checkOutputLength() accepts the library", async () => {
  await assertPasses(checkOutputLength, outputLength);
  await assertPasses(checkOutputLength, outputLength, { features: [] });
});

testMistakes(
  checkReceptiveField,
  `(layers) => {
    let field = 1, step = 1, all = 0, previous = 1;
    for (const { size, stride } of layers) {
      field += (size - 1) * step;
      step *= stride;
      all += stride;
      previous = stride;
    }
    return field;
  }`,
  [
    ["stride product forgotten", ["(size - 1) * step", "size - 1"]],
    ["size added instead of size - 1", ["(size - 1) * step", "size * step"]],
    ["size added instead of size - 1", ["(size - 1) * step", "size * step"], [
      "field = 1",
      "field = 0",
    ]],
    ["missing + 1", ["field = 1", "field = 0"]],
    ["own stride counted", ["(size - 1) * step", "(size - 1) * step * stride"]],
    ["strides added instead of multiplied", [
      "(size - 1) * step",
      "(size - 1) * (all || 1)",
    ]],
    ["only the stride of the layer before", [
      "(size - 1) * step",
      "(size - 1) * previous",
    ]],
    ["layers in reverse order", ["of layers", "of layers.reverse()"], [
      "(layers) =>",
      "([...layers]) =>",
    ]],
    ["sizes multiplied", ["field += (size - 1) * step", "field *= size"]],
    ["only the last layer", ["field += (size - 1) * step", "field = size"]],
  ],
);

const weights = "kh * kw * channels * filters";
const bias = "(useBias ? filters : 0)";

testMistakes(
  checkConv2dParameters,
  `({ kernelSize: [kh, kw], channels, filters, useBias }) => ${weights} + ${bias}`,
  [
    ["bias not counted", [bias, "0"]],
    ["bias counted where there is none", [bias, "filters"]],
    ["one bias for the whole layer", [bias, "(useBias ? 1 : 0)"]],
    ["input channels forgotten", [weights, "kh * kw * filters"]],
    ["filters forgotten", [weights, "kh * kw * channels"]],
    ["filters forgotten", [weights, "kh * kw * channels"], [
      bias,
      "(useBias ? 1 : 0)",
    ]],
    ["kernel taken as square", [weights, "kh ** 2 * channels * filters"]],
    ["kernel taken as square", [weights, "kw ** 2 * channels * filters"]],
    ["kernel sides added", [weights, "(kh + kw) * channels * filters"]],
    ["one bias for each input channel", [bias, "(useBias ? channels : 0)"]],
    ["one bias for each kernel slice", [
      bias,
      "(useBias ? channels * filters : 0)",
    ]],
  ],
);

testMistakes(
  checkDenseParameters,
  "({ inputs, units, useBias }) => inputs * units + (useBias ? units : 0)",
  [
    ["bias not counted", ["(useBias ? units : 0)", "0"]],
    ["bias counted where there is none", ["(useBias ? units : 0)", "units"]],
    ["one bias for the whole layer", ["? units", "? 1"]],
    ["one bias for each input", ["? units", "? inputs"]],
    ["inputs and units added", ["inputs * units", "inputs + units"]],
  ],
);
