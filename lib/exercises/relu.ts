import { relu, reluBackward } from "../layers/mod.ts";
import { random } from "../base/random.ts";
import type { Tensor } from "../base/tensor.ts";
import { type CheckOptions, settleCheck } from "./check_error.ts";
import { mapValues, nearTies, quarters, wholeNumbers } from "./random_case.ts";
import { type Exercise, type Mistake, runCheck } from "./run_check.ts";

type BackwardArgs = [x: Tensor, dy: Tensor];

/** The usual mistakes of the forward pass. */
export const reluMistakes: readonly Mistake<[Tensor]>[] = [
  {
    mistake: "absolute value",
    remedy: "negative values become 0, they do not change sign",
    wrong: (x) => mapValues(x, Math.abs),
  },
  {
    mistake: "sign the wrong way round",
    remedy: "positive values pass, negative ones become 0",
    wrong: (x) => mapValues(x, (value) => Math.min(value, 0)),
  },
  {
    mistake: "step instead of ReLU",
    remedy: "positive values pass as they are; only the slope is 1",
    wrong: (x) => mapValues(x, (value) => value > 0 ? 1 : 0),
  },
  {
    mistake: "ReLU missing",
    remedy: "negative values become 0",
    wrong: (x) => x,
  },
];

/** dy where x passes a test. */
function gate(
  x: Tensor,
  dy: Tensor,
  open: (x: number, dy: number) => boolean,
): Tensor {
  const data = dy.data.map((d, i) => open(x.data[i], d) ? d : 0);
  return { shape: x.shape, data };
}

/** The usual mistakes of the backward pass. */
export const reluBackwardMistakes: readonly Mistake<BackwardArgs>[] = [
  {
    mistake: "sign of dy instead of x",
    remedy: "x decides whether the gradient passes, whatever the sign of dy",
    wrong: (x, dy) => gate(x, dy, (_, d) => d > 0),
  },
  {
    mistake: "gradient passes at 0",
    remedy: "at x = 0 the slope is taken as 0: let dy pass where x > 0",
    wrong: (x, dy) => gate(x, dy, (value) => value >= 0),
  },
  {
    mistake: "sign the wrong way round",
    remedy: "the gradient passes where x > 0",
    wrong: (x, dy) => gate(x, dy, (value) => value < 0),
  },
  {
    mistake: "dy missing",
    remedy: "the slope, 1 or 0, is multiplied with dy",
    wrong: (x) => mapValues(x, (value) => value > 0 ? 1 : 0),
  },
  {
    mistake: "x instead of dy",
    remedy: "where x > 0 the result is dy, not x",
    wrong: (x) => relu(x),
  },
  {
    mistake: "dy times x",
    remedy: "the slope is 1 where x > 0, not x",
    wrong: (x, dy) => {
      const open = gate(x, dy, (value) => value > 0);
      return { shape: x.shape, data: open.data.map((d, i) => d * x.data[i]) };
    },
  },
  {
    mistake: "ReLU ignored",
    remedy: "where x <= 0 the gradient is 0",
    wrong: (_, dy) => dy,
  },
];

/** Cases with positive, negative and zero values. */
function inputs(
  caller: string,
  options: CheckOptions,
): [x: Tensor, dy: Tensor][] {
  const stream = random(settleCheck(caller, options).seed);
  const whole = [[1, 6], [2, 3, 4, 2]].map((shape): [Tensor, Tensor] => {
    const x = wholeNumbers(shape, stream);
    x.data[0] = 3;
    x.data[1] = -2;
    x.data[2] = 0;
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

/** The exercise that {@linkcode checkRelu} runs. */
export function reluExercise(options: CheckOptions): Exercise<[Tensor]> {
  return {
    check: "checkRelu",
    name: "relu",
    names: ["x"],
    cases: inputs("checkRelu", options).map(([x]) => [x]),
    expected: relu,
    tolerance: 1e-9,
    mistakes: reluMistakes,
  };
}

/** The exercise that {@linkcode checkReluBackward} runs. */
export function reluBackwardExercise(
  options: CheckOptions,
): Exercise<BackwardArgs> {
  return {
    check: "checkReluBackward",
    name: "reluBackward",
    names: ["x", "dy"],
    cases: inputs("checkReluBackward", options),
    expected: reluBackward,
    tolerance: 1e-9,
    mistakes: reluBackwardMistakes,
  };
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
export async function checkRelu(
  fn: (x: Tensor) => Tensor | Promise<Tensor>,
  options: CheckOptions,
): Promise<void> {
  await runCheck(fn, reluExercise(options), options);
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
export async function checkReluBackward(
  fn: (x: Tensor, dy: Tensor) => Tensor | Promise<Tensor>,
  options: CheckOptions,
): Promise<void> {
  await runCheck(fn, reluBackwardExercise(options), options);
}
