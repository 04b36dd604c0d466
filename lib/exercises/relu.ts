import { relu, reluBackward } from "../layers/mod.ts";
import type { Random } from "../base/random.ts";
import type { Tensor } from "../base/tensor.ts";
import { map } from "../base/verbs.ts";
import { nearTies, quarters, wholeNumbers } from "./random_case.ts";
import { type Check, check } from "./check.ts";

/** Inputs with positive, negative and zero values, and gradients. */
function draw(stream: Random): [x: Tensor, dy: Tensor][] {
  const whole = [[1, 6], [2, 3, 4, 2]].map((shape): [Tensor, Tensor] => {
    const x = wholeNumbers(shape, stream);
    x.data.set([3, -2, 0]);
    return [x, wholeNumbers(shape, stream)];
  });
  // Values that are not whole, and values that are almost 0.
  const fine = [quarters([3, 5], stream), nearTies([2, 4, 3], stream)];
  for (const x of fine) x.data.set([2 ** -20, -(2 ** -20), 0.25, -0.25], 1);
  return [
    ...whole,
    ...fine.map((x): [Tensor, Tensor] => [x, quarters(x.shape, stream)]),
  ];
}

/**
 * Checks a student's ReLU: x of any shape => max(x, 0).
 *
 * @throws {CheckError} A case goes wrong; the message names the mistake.
 *
 * @example
 * ```ts
 * import { checkRelu, relu } from "cnn";
 *
 * await checkRelu(relu, { exercise: "3.3" });
 * ```
 */
export const checkRelu: Check<
  (x: Tensor) => Tensor | Promise<Tensor>
> = check({
  check: "checkRelu",
  name: "relu",
  names: ["x"],
  cases: ({ stream }) => draw(stream).map(([x]) => [x]),
  expected: relu,
  tolerance: 1e-9,
  mistakes: [{
    "absolute value": [
      "negative values become 0, they do not change sign",
      (x) => map(x, Math.abs),
    ],
    "sign the wrong way round": [
      "positive values pass, negative ones become 0",
      (x) => map(x, (value) => Math.min(value, 0)),
    ],
    "step instead of ReLU": [
      "positive values pass as they are; only the slope is 1",
      (x) => map(x, (value) => value > 0 ? 1 : 0),
    ],
    "ReLU missing": ["negative values become 0", (x) => x],
  }],
});

/** dy changed by the value of x at its place. */
function gate(
  x: Tensor,
  dy: Tensor,
  change: (dy: number, x: number) => number,
): Tensor {
  return { shape: x.shape, data: dy.data.map((d, i) => change(d, x.data[i])) };
}

/**
 * Checks a student's gradient of ReLU: (x, dy) => dx, with 0 at x = 0.
 *
 * @throws {CheckError} A case goes wrong; the message names the mistake.
 *
 * @example
 * ```ts
 * import { checkReluBackward, reluBackward } from "cnn";
 *
 * await checkReluBackward(reluBackward, { exercise: "3.4" });
 * ```
 */
export const checkReluBackward: Check<
  (x: Tensor, dy: Tensor) => Tensor | Promise<Tensor>
> = check({
  check: "checkReluBackward",
  name: "reluBackward",
  names: ["x", "dy"],
  cases: ({ stream }) => draw(stream),
  expected: reluBackward,
  tolerance: 1e-9,
  mistakes: [{
    "sign of dy instead of x": [
      "x decides whether the gradient passes, whatever the sign of dy",
      (x, dy) => gate(x, dy, (d) => d > 0 ? d : 0),
    ],
    "gradient passes at 0": [
      "at x = 0 the slope is taken as 0: let dy pass where x > 0",
      (x, dy) => gate(x, dy, (d, value) => value >= 0 ? d : 0),
    ],
    "sign the wrong way round": [
      "the gradient passes where x > 0",
      (x, dy) => gate(x, dy, (d, value) => value < 0 ? d : 0),
    ],
    "dy missing": [
      "the slope, 1 or 0, is multiplied with dy",
      (x) => map(x, (value) => value > 0 ? 1 : 0),
    ],
    "x instead of dy": ["where x > 0 the result is dy, not x", relu],
    "dy times x": [
      "the slope is 1 where x > 0, not x",
      (x, dy) => gate(x, dy, (d, value) => value > 0 ? d * value : 0),
    ],
    "ReLU ignored": ["where x <= 0 the gradient is 0", (_, dy) => dy],
  }],
});
