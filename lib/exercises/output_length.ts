import { outputLength, type Padding } from "../layers/mod.ts";
import { random } from "../base/random.ts";
import { type CheckOptions, settleCheck } from "./check_error.ts";
import { type Exercise, type Mistake, runCheck } from "./run_check.ts";

/** A window along one axis, every number given. */
export interface WindowCase {
  size: number;
  stride: number;
  padding: Padding;
  dilation: number;
}

/** What the output length in an exercise may have to handle. */
export type OutputLengthFeature = "padding" | "dilation";

/** Options of {@linkcode checkOutputLength}. */
export interface OutputLengthCheckOptions extends CheckOptions {
  /** What the cases use beyond size and stride; padding unless told. */
  features?: readonly OutputLengthFeature[];
}

/** A student's output length. */
export type OutputLengthSolution = (
  length: number,
  options: WindowCase,
) => number | Promise<number>;

type Args = [length: number, options: Partial<WindowCase>];

/** The window's numbers, those left out as the library takes them. */
function whole(
  { size = 1, stride = 1, padding = "valid", dilation = 1 }: Partial<
    WindowCase
  >,
): WindowCase {
  return { size, stride, padding, dilation };
}

/** A mistake with padding "valid"; with "same" the result is right. */
function inValid(
  mistake: string,
  remedy: string,
  wrong: (length: number, span: number, stride: number) => number,
): Mistake<Args> {
  return {
    mistake,
    remedy,
    wrong: (length, options) => {
      const { size, stride, padding, dilation } = whole(options);
      if (padding === "same") return Math.ceil(length / stride);
      return wrong(length, (size - 1) * dilation + 1, stride);
    },
  };
}

const formula = "floor((length - span) / stride) + 1";

/** The usual mistakes; the plain ones first. */
export const outputLengthMistakes: readonly Mistake<Args>[] = [
  inValid(
    "missing + 1",
    `a window that fits exactly has one place, not none: ${formula}`,
    (length, span, stride) => Math.floor((length - span) / stride),
  ),
  inValid(
    "strides ignored",
    `the window moves \`stride\` pixels at a time: ${formula}`,
    (length, span) => length - span + 1,
  ),
  inValid(
    "rounded up instead of down",
    `a window that does not fit whole has no place with padding "valid": ${formula}`,
    (length, span, stride) => Math.ceil((length - span) / stride) + 1,
  ),
  inValid(
    "rounded to the nearest",
    `a window that does not fit whole has no place, even if half of it fits: ${formula}`,
    (length, span, stride) => Math.round((length - span) / stride) + 1,
  ),
  inValid(
    "not rounded",
    `there is no half place: ${formula}`,
    (length, span, stride) => (length - span) / stride + 1,
  ),
  inValid(
    "+ 1 before the division",
    `the first place costs no step: divide first, then add 1: ${formula}`,
    (length, span, stride) => Math.floor((length - span + 1) / stride),
  ),
  inValid(
    "size not subtracted",
    `the window must fit into the axis: ${formula}`,
    (length, _, stride) => Math.floor(length / stride),
  ),
  inValid(
    "size not subtracted",
    `the window must fit into the axis: ${formula}`,
    (length, _, stride) => Math.ceil(length / stride),
  ),
  {
    mistake: "padding ignored",
    remedy: 'with padding "same" the length is ceil(length / stride)',
    wrong: (length, options) =>
      outputLength(length, { ...whole(options), padding: "valid" }),
  },
  {
    mistake: "rounded down instead of up",
    remedy: 'with padding "same" the length is ceil(length / stride)',
    wrong: (length, options) => {
      const window = whole(options);
      if (window.padding === "valid") return outputLength(length, window);
      return Math.floor(length / window.stride);
    },
  },
  {
    mistake: "strides ignored with padding same",
    remedy:
      'padding "same" keeps the length only with stride 1: ceil(length / stride)',
    wrong: (length, options) => {
      const window = whole(options);
      if (window.padding === "valid") return outputLength(length, window);
      return length;
    },
  },
  {
    mistake: "dilation ignored",
    remedy: "a dilated window spans (size - 1) * dilation + 1 pixels",
    wrong: (length, options) =>
      outputLength(length, { ...whole(options), dilation: 1 }),
  },
  {
    mistake: "dilation times the whole size",
    remedy:
      "size pixels have size - 1 gaps: the span is (size - 1) * dilation + 1",
    wrong: (length, options) => {
      const { size, dilation, ...rest } = whole(options);
      return outputLength(length, { ...rest, size: size * dilation });
    },
  },
];

/** The exercise that {@linkcode checkOutputLength} runs. */
export function outputLengthExercise(
  options: OutputLengthCheckOptions,
): Exercise<Args> {
  const { seed, features } = settleCheck<OutputLengthFeature>(
    "checkOutputLength",
    options,
    { known: ["padding", "dilation"], usual: ["padding"] },
  );
  const stream = random(seed);
  const cases: Args[] = [];
  const paddings: Padding[] = features.includes("padding")
    ? ["valid", "same"]
    : ["valid"];
  const dilations = features.includes("dilation") ? [1, 2, 3] : [1];
  for (const dilation of dilations) {
    for (const padding of paddings) {
      for (let stride = 1; stride <= 5; stride++) {
        // One length for each remainder, so that every rounding is seen.
        for (let rest = 0; rest < stride; rest++) {
          const size = 2 + stream.integer(4);
          const span = (size - 1) * dilation + 1;
          const length = span + stride * (2 + stream.integer(5)) + rest;
          cases.push([length, {
            size,
            stride,
            ...(features.includes("padding") && { padding }),
            ...(features.includes("dilation") && { dilation }),
          }]);
        }
      }
    }
  }
  // A window of one pixel, one that fits exactly, and with "same" one that is
  // longer than the axis.
  const given = (size: number, stride: number, padding: Padding) => ({
    size,
    stride,
    ...(features.includes("padding") && { padding }),
    ...(features.includes("dilation") && { dilation: 1 }),
  });
  const size = 3 + stream.integer(3);
  cases.push(
    [8 + stream.integer(4), given(1, 3, "valid")],
    [size, given(size, 2, "valid")],
  );
  if (features.includes("padding")) {
    cases.push([size - 1, given(size, 2, "same")]);
  }
  return {
    check: "checkOutputLength",
    name: "outputLength",
    names: ["length", "options"],
    cases,
    expected: (length, options) => outputLength(length, whole(options)),
    mistakes: outputLengthMistakes,
    tolerance: 1e-9,
  };
}

/**
 * Checks a student's output length of one axis: (length, { size, stride }) =>
 * number of places.
 *
 * The options also hold what `features` names: `padding` "valid" or "same", and
 * `dilation`.
 *
 * @param fn The student's function, may be asynchronous.
 * @param options `exercise`, `seed`, `features`: padding unless told.
 * @throws {CheckError} A case goes wrong; the message names the mistake.
 *
 * @example
 * ```ts
 * import { checkOutputLength, outputLength } from "cnn";
 *
 * await checkOutputLength(outputLength, { exercise: "2.2" });
 * ```
 */
export async function checkOutputLength(
  fn: OutputLengthSolution,
  options: OutputLengthCheckOptions,
): Promise<void> {
  await runCheck(fn as never, outputLengthExercise(options), options);
}
