import { relu } from "../layers/relu.ts";
import { globalAvgPool2d } from "../layers/global_avg_pool2d.ts";
import type { Random } from "../base/random.ts";
import { type Tensor, zeros } from "../base/tensor.ts";
import { at, map, transpose } from "../base/verbs.ts";
import { type Check, check } from "./check.ts";
import { wholeNumbers } from "./random_case.ts";

/** A student's Grad-CAM: maps and gradients [1, h, w, C] to a grid [h, w]. */
export type GradCamSolution = (
  maps: Tensor,
  gradients: Tensor,
) => Tensor | Promise<Tensor>;

/** Maps, as ReLU leaves them, and gradients; higher than wide and the other way round. */
function draw(stream: Random): [maps: Tensor, gradients: Tensor][] {
  return [[2, 2, 1], [2, 3, 2], [4, 2, 3], [3, 5, 4], [3, 3, 6]].map(
    ([h, w, c]) => {
      const both = () => wholeNumbers([1, h, w, c], stream, 4);
      return [map(both(), (v) => Math.max(0, v)), both()];
    },
  );
}

/** At each place the sum over the channels of the maps times these weights. */
function weighted(
  maps: Tensor,
  weight: (row: number, column: number, channel: number) => number,
): Tensor {
  const [, h, w, channels] = maps.shape;
  return map(zeros([h, w]), (_, row, column) => {
    let sum = 0;
    for (let c = 0; c < channels; c++) {
      sum += weight(row, column, c) * at(maps, 0, row, column, c);
    }
    return sum;
  });
}

/** The mean gradient of each channel. */
function meanOf(gradients: Tensor): (channel: number) => number {
  const means = globalAvgPool2d(gradients); // [1, C]
  return (channel) => at(means, 0, channel);
}

/** With another weight of each channel, made from its mean gradient. */
function byMean(
  maps: Tensor,
  gradients: Tensor,
  change: (mean: number) => number = (mean) => mean,
): Tensor {
  const mean = meanOf(gradients);
  return weighted(maps, (_row, _column, c) => change(mean(c)));
}

const right = (maps: Tensor, gradients: Tensor) =>
  relu(byMean(maps, gradients));

/**
 * Checks a student's Grad-CAM: (maps [1, h, w, C], gradients [1, h, w, C]) =>
 * grid [h, w].
 *
 * @throws {CheckError} A case goes wrong; the message names the mistake.
 *
 * @example
 * ```ts
 * import { at, checkGradCam, map, mean, relu, zeros } from "cnn";
 *
 * await checkGradCam((maps, gradients) => {
 *   const [, h, w, channels] = maps.shape;
 *   const weights = mean(gradients, [0, 1, 2]); // [C]
 *   return relu(map(zeros([h, w]), (_, row, column) => {
 *     let sum = 0;
 *     for (let c = 0; c < channels; c++) {
 *       sum += at(maps, 0, row, column, c) * at(weights, c);
 *     }
 *     return sum;
 *   }));
 * }, { exercise: "B.3" });
 * ```
 */
export const checkGradCam: Check<GradCamSolution> = check({
  check: "checkGradCam",
  name: "gradCam",
  names: ["maps", "gradients"],
  cases: ({ stream }) => draw(stream),
  expected: right,
  mistakes: [{
    "negative sums kept": [
      "what speaks against the class is dropped: put 0 where the sum is negative",
      (maps, gradients) => byMean(maps, gradients),
    ],
    "negative channels dropped": [
      "add all channels first, then put 0 where the sum is negative",
      (maps, gradients) => byMean(maps, gradients, (mean) => Math.max(0, mean)),
    ],
    "sum instead of mean of the gradient": [
      "divide by the number of places, h * w",
      (maps, gradients) => {
        const [, h, w] = maps.shape;
        return relu(byMean(maps, gradients, (mean) => mean * h * w));
      },
    ],
    "mean over the channels too": [
      "each channel has its own weight: divide by h * w only",
      (maps, gradients) => {
        const channels = maps.shape[3];
        return relu(byMean(maps, gradients, (mean) => mean / channels));
      },
    ],
    "the gradient of the place instead of its mean": [
      "a channel has one weight, the same at every place",
      (maps, gradients) =>
        relu(
          weighted(maps, (row, column, c) => at(gradients, 0, row, column, c)),
        ),
    ],
    "the sign of a gradient lost": [
      "a channel with a negative mean speaks against the class",
      (maps, gradients) => byMean(maps, gradients, Math.abs),
    ],
    "maps and gradients swapped": [
      "the gradients make the weights, the maps are added",
      (maps, gradients) => relu(byMean(gradients, maps)),
    ],
    "gradients alone": [
      "the weight of a channel is multiplied with the map of that channel",
      (maps, gradients) => {
        const ones = map(maps, () => 1);
        return relu(byMean(ones, gradients));
      },
    ],
    "height and width swapped": [
      "the grid is [h, w], as the maps are",
      (maps, gradients) => transpose(right(maps, gradients)),
    ],
  }],
});
