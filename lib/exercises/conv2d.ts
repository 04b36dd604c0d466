import { conv2d, type Padding } from "../layers/mod.ts";
import { random } from "../base/random.ts";
import { type Tensor, zeros } from "../base/tensor.ts";
import { type CheckOptions, settleCheck } from "./check_error.ts";
import { quarters, wholeNumbers } from "./random_case.ts";
import { type Exercise, runCheck } from "./run_check.ts";
import { type Conv2dCase, conv2dMistakes } from "./wrong_conv2d.ts";

/** What a convolution in an exercise may have to handle. */
export type Conv2dFeature = "bias" | "strides" | "padding" | "dilations";

/** Options of the checks of convolutions. */
export interface Conv2dCheckOptions extends CheckOptions {
  /** What the cases use; bias, strides and padding unless told. */
  features?: readonly Conv2dFeature[];
}

/** A student's convolution; its options are numbers, never pairs. */
export type Conv2dSolution = (
  x: Tensor,
  kernel: Tensor,
  options: {
    bias: Tensor;
    strides: number;
    padding: Padding;
    dilations: number;
  },
) => Tensor | Promise<Tensor>;

/** Shapes of the cases and the features that they need, simple ones first. */
export const conv2dCases: readonly {
  x: readonly number[];
  kernel: readonly number[];
  strides?: number;
  padding?: Padding;
  dilations?: number;
  bias?: boolean;
  /** Numbers that are not whole. */
  fine?: boolean;
}[] = [
  { x: [1, 4, 5, 1], kernel: [2, 3, 1, 1] },
  { x: [1, 4, 5, 2], kernel: [2, 2, 2, 3], bias: true },
  { x: [2, 5, 6, 3], kernel: [3, 2, 3, 2], bias: true },
  { x: [1, 7, 6, 1], kernel: [3, 2, 1, 2], strides: 2, bias: true },
  { x: [1, 8, 9, 2], kernel: [2, 3, 2, 1], strides: 3, bias: true },
  { x: [1, 4, 5, 1], kernel: [3, 3, 1, 1], padding: "same" },
  { x: [1, 4, 5, 1], kernel: [2, 4, 1, 2], padding: "same", bias: true },
  { x: [2, 6, 8, 2], kernel: [3, 3, 2, 3], strides: 2, padding: "same" },
  { x: [1, 7, 8, 1], kernel: [3, 2, 1, 2], dilations: 2, bias: true },
  { x: [1, 6, 7, 2], kernel: [2, 3, 2, 2], dilations: 2, padding: "same" },
  { x: [2, 5, 4, 3], kernel: [3, 2, 3, 2], bias: true, fine: true },
  // A stride longer than the kernel: "same" would need less than no zeros.
  { x: [1, 8, 7, 2], kernel: [1, 2, 2, 1], strides: 3, padding: "same" },
  { x: [1, 9, 8, 1], kernel: [2, 3, 1, 2], strides: 2, dilations: 3 },
];

/** The options of a case, with every feature that the exercise has. */
export function conv2dCaseOptions(
  of: typeof conv2dCases[number],
  features: readonly Conv2dFeature[],
): Omit<Conv2dCase, "bias"> | undefined {
  const { strides = 1, padding = "valid", dilations = 1 } = of;
  if (strides > 1 && !features.includes("strides")) return;
  if (padding === "same" && !features.includes("padding")) return;
  if (dilations > 1 && !features.includes("dilations")) return;
  return {
    ...(features.includes("strides") && { strides }),
    ...(features.includes("padding") && { padding }),
    ...(features.includes("dilations") && { dilations }),
  };
}

/** The exercise that {@linkcode checkConv2d} runs. */
export function conv2dExercise(
  options: Conv2dCheckOptions,
): Exercise<[Tensor, Tensor, Conv2dCase]> {
  const { seed, features } = settleCheck<Conv2dFeature>(
    "checkConv2d",
    options,
    {
      known: ["bias", "strides", "padding", "dilations"],
      usual: ["bias", "strides", "padding"],
    },
  );
  const stream = random(seed);
  const cases: [Tensor, Tensor, Conv2dCase][] = [];
  for (const shapes of conv2dCases) {
    const options = conv2dCaseOptions(shapes, features);
    if (!options) continue;
    const filters = [shapes.kernel[3]];
    const draw = shapes.fine ? quarters : wholeNumbers;
    const bias = shapes.bias ? draw(filters, stream) : zeros(filters);
    cases.push([
      draw(shapes.x, stream),
      draw(shapes.kernel, stream),
      features.includes("bias") ? { bias, ...options } : options,
    ]);
  }
  return {
    check: "checkConv2d",
    name: "conv2d",
    names: ["x", "kernel", "options"],
    cases,
    expected: conv2d,
    mistakes: conv2dMistakes,
  };
}

/**
 * Checks a student's convolution: (x [N, H, W, Cin], kernel [KH, KW, Cin, Cout],
 * options) => y [N, OH, OW, Cout].
 *
 * The options hold what `features` names and nothing else: `bias` [Cout],
 * `strides` and `dilations` as one number for both axes, `padding` "valid" or
 * "same" with the odd zero at the end.
 *
 * @param fn The student's function, may be asynchronous.
 * @param options `exercise`, `seed`, `features`: bias, strides and padding
 * unless told.
 * @throws {CheckError} A case goes wrong; the message names the mistake.
 *
 * @example
 * ```ts
 * import { checkConv2d, conv2d } from "cnn";
 *
 * await checkConv2d(conv2d, { exercise: "2.1" });
 * ```
 */
export async function checkConv2d(
  fn: Conv2dSolution,
  options: Conv2dCheckOptions,
): Promise<void> {
  await runCheck(fn as never, conv2dExercise(options), options);
}
