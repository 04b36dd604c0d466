import { checkPointwise } from "../../lib/exercises/mod.ts";
import { testMistakes } from "./student.ts";

const from = "((n * H + h) * W + w) * I + i";
const weight = "kernel.data[i * O + o]";
const put = "y.data[((n * H + h) * W + w) * O + o] = sum;";
const shape = "[N, H, W, O]";

testMistakes(
  checkPointwise,
  `(x, kernel, bias) => {
    const [N, H, W, I] = x.shape, O = kernel.shape[3];
    const y = zeros(${shape});
    for (let n = 0; n < N; n++) for (let h = 0; h < H; h++)
    for (let w = 0; w < W; w++) for (let o = 0; o < O; o++) {
      let sum = bias.data[o];
      for (let i = 0; i < I; i++) {
        sum += x.data[${from}] * ${weight};
      }
      ${put}
    }
    return y;
  }`,
  [
    ["missing bias", ["sum = bias.data[o]", "sum = 0"]],
    ["bias added once for each input channel", [
      "sum = bias.data[o]",
      "sum = 0",
    ], ["sum += ", "sum += bias.data[o] + "]],
    ["kernel transposed", [weight, "kernel.data[o * I + i]"]],
    ["NHWC/NCHW swap", [from, "((n * I + i) * H + h) * W + w"]],
    ["each channel by itself", [weight, `(i === o ? ${weight} : 0)`]],
    ["ReLU applied", [put, put.replace("= sum", "= Math.max(0, sum)")]],
    ["only the first image", ["n < N", "n < 1"]],
    ["pixels in one long row", [shape, "[N * H * W, O]"]],
  ],
);
