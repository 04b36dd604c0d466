import {
  checkAverageKernel,
  checkUnshuffled,
} from "../../lib/exercises/mod.ts";
import { testMistakes } from "./student.ts";

const target = "kernel.data[j * units + o]";
const source = "order[j] * units + o";

testMistakes(
  checkUnshuffled,
  `(kernel, order) => {
    const [d, units] = kernel.shape;
    const result = zeros([d, units]);
    for (let j = 0; j < d; j++) for (let o = 0; o < units; o++) {
      result.data[${source}] = ${target};
    }
    return result;
  }`,
  [
    ["nothing moved", [source, "j * units + o"]],
    ["shuffled once more", [source, "j * units + o"], [
      target,
      "kernel.data[order[j] * units + o]",
    ]],
    ["the outputs' axis moved", [source, "o * d + order[j]"], [
      target,
      "kernel.data[o * d + j]",
    ]],
    ["order reversed", [source, "j * units + o"], [
      target,
      "kernel.data[order[d - 1 - j] * units + o]",
    ]],
  ],
);

const shape = "[places * c, c]", at = "(p * c + k) * c + k";

testMistakes(
  checkAverageKernel,
  `(h, w, c) => {
    const places = h * w;
    const kernel = zeros(${shape});
    for (let p = 0; p < places; p++) for (let k = 0; k < c; k++) {
      kernel.data[${at}] = 1 / places;
    }
    return kernel;
  }`,
  [
    ["sum instead of mean", ["1 / places", "1"]],
    ["divided by the channels too", ["1 / places", "1 / places / c"]],
    ["NHWC/NCHW swap", [at, "(k * places + p) * c + k"]],
    ["channels mixed", [
      `kernel.data[${at}] = 1 / places`,
      "for (let o = 0; o < c; o++) kernel.data[(p * c + k) * c + o] = 1 / places",
    ]],
    ["channels mixed", [
      `kernel.data[${at}] = 1 / places`,
      "for (let o = 0; o < c; o++) kernel.data[(p * c + k) * c + o] = 1 / places / c",
    ]],
    ["transposed kernel", [shape, "[c, places * c]"], [
      at,
      "k * places * c + p * c + k",
    ]],
  ],
);
