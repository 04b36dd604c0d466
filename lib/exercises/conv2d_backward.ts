import {
  conv2dBackward,
  type Conv2dGradients,
  conv2dShape,
  type Padding,
} from "../layers/mod.ts";
import { random } from "../base/random.ts";
import type { Tensor } from "../base/tensor.ts";
import {
  conv2dCaseOptions,
  conv2dCases,
  type Conv2dFeature,
} from "./conv2d.ts";
import { type CheckOptions, settleCheck } from "./check_error.ts";
import { quarters, wholeNumbers } from "./random_case.ts";
import { type Exercise, runCheck } from "./run_check.ts";
import type { Sliding } from "./sliding.ts";
import { conv2dBackwardMistakes } from "./wrong_conv2d_backward.ts";

/** Options of {@linkcode checkConv2dBackward}. */
export interface Conv2dBackwardCheckOptions extends CheckOptions {
  /** What the cases use; strides and padding unless told. */
  features?: readonly Exclude<Conv2dFeature, "bias">[];
}

/** A student's backward convolution; its options are numbers, never pairs. */
export type Conv2dBackwardSolution = (
  x: Tensor,
  kernel: Tensor,
  dy: Tensor,
  options: { strides: number; padding: Padding; dilations: number },
) => Conv2dGradients | Promise<Conv2dGradients>;

/** The exercise that {@linkcode checkConv2dBackward} runs. */
export function conv2dBackwardExercise(
  options: Conv2dBackwardCheckOptions,
): Exercise<[Tensor, Tensor, Tensor, Sliding]> {
  const { seed, features } = settleCheck<Exclude<Conv2dFeature, "bias">>(
    "checkConv2dBackward",
    options,
    {
      known: ["strides", "padding", "dilations"],
      usual: ["strides", "padding"],
    },
  );
  const stream = random(seed);
  const cases: [Tensor, Tensor, Tensor, Sliding][] = [];
  for (const shapes of conv2dCases) {
    const options = conv2dCaseOptions(shapes, features);
    if (!options) continue;
    const dy = conv2dShape(shapes.x, shapes.kernel, options);
    const draw = shapes.fine ? quarters : wholeNumbers;
    cases.push([
      draw(shapes.x, stream),
      draw(shapes.kernel, stream),
      draw(dy, stream),
      options,
    ]);
  }
  return {
    check: "checkConv2dBackward",
    name: "conv2dBackward",
    names: ["x", "kernel", "dy", "options"],
    cases,
    expected: (x, kernel, dy, options) => {
      const { dx, dKernel, dBias } = conv2dBackward(x, kernel, dy, options);
      return { dx, dKernel, dBias };
    },
    mistakes: conv2dBackwardMistakes,
  };
}

/**
 * Checks a student's backward convolution: (x, kernel, dy [N, OH, OW, Cout],
 * options) => { dx, dKernel, dBias }, the gradients of a loss whose gradient
 * with respect to the output is dy.
 *
 * The options hold what `features` names and nothing else, as in checkConv2d.
 *
 * @param fn The student's function, may be asynchronous.
 * @param options `exercise`, `seed`, `features`: strides and padding unless
 * told; a bias needs no feature, since dBias depends on dy alone.
 * @throws {CheckError} A case goes wrong; the message names the mistake.
 *
 * @example
 * ```ts
 * import { checkConv2dBackward, conv2dBackward } from "cnn";
 *
 * await checkConv2dBackward(conv2dBackward, { exercise: "2.3" });
 * ```
 */
export async function checkConv2dBackward(
  fn: Conv2dBackwardSolution,
  options: Conv2dBackwardCheckOptions,
): Promise<void> {
  await runCheck(fn as never, conv2dBackwardExercise(options), options);
}
