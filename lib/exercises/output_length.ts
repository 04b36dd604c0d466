import { outputLength, type Padding } from "../layers/mod.ts";
import { type Check, check, type CheckOptions, only } from "./check.ts";

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

/** Another length with one padding; with the other padding the right one. */
const where =
  (wanted: Padding) =>
  (wrong: (length: number, span: number, stride: number) => number) =>
  (length: number, options: WindowCase): number => {
    const { size, stride, padding = "valid", dilation = 1 } = options;
    return padding === wanted
      ? wrong(length, (size - 1) * dilation + 1, stride)
      : outputLength(length, options);
  };
const inValid = where("valid");
const inSame = where("same");

const valid = "floor((length - span) / stride) + 1";
const same = "ceil(length / stride)";

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
export const checkOutputLength: Check<
  OutputLengthSolution,
  OutputLengthCheckOptions
> = check({
  check: "checkOutputLength",
  name: "outputLength",
  names: ["length", "options"],
  features: { known: ["padding", "dilation"], usual: ["padding"] },
  cases({ stream, features }) {
    const padded = features.includes("padding");
    const paddings: Padding[] = padded ? ["valid", "same"] : ["valid"];
    const dilations = features.includes("dilation") ? [1, 2, 3] : [1];
    const cases: [number, WindowCase][] = [];
    for (const dilation of dilations) {
      for (const padding of paddings) {
        for (let stride = 1; stride <= 5; stride++) {
          // One length for each remainder, so that every rounding is seen.
          for (let rest = 0; rest < stride; rest++) {
            const size = 2 + stream.integer(4);
            const span = (size - 1) * dilation + 1;
            const length = span + stride * (2 + stream.integer(5)) + rest;
            cases.push([length, { size, stride, padding, dilation }]);
          }
        }
      }
    }
    const size = 3 + stream.integer(3);
    const valid = { padding: "valid", dilation: 1 } as const;
    // A window of one pixel, one that fits exactly, and with "same" one that is
    // longer than the axis.
    cases.push(
      [8 + stream.integer(4), { size: 1, stride: 3, ...valid }],
      [size, { size, stride: 2, ...valid }],
    );
    if (padded) {
      cases.push([size - 1, { size, stride: 2, padding: "same", dilation: 1 }]);
    }
    const names = ["size", "stride", ...features];
    return cases.map(([length, window]) => [length, only(window, names)]);
  },
  expected: outputLength,
  tolerance: 1e-9,
  // The plain ones first.
  mistakes: [{
    "missing + 1": [
      `a window that fits exactly has one place, not none: ${valid}`,
      inValid((length, span, stride) => Math.floor((length - span) / stride)),
    ],
    "strides ignored": [
      `the window moves \`stride\` pixels at a time: ${valid}`,
      inValid((length, span) => length - span + 1),
    ],
    "rounded up instead of down": [
      `a window that does not fit whole has no place with padding "valid": ${valid}`,
      inValid((length, span, stride) =>
        Math.ceil((length - span) / stride) + 1
      ),
    ],
    "rounded to the nearest": [
      `a window that does not fit whole has no place, even if half of it fits: ${valid}`,
      inValid((length, span, stride) =>
        Math.round((length - span) / stride) + 1
      ),
    ],
    "not rounded": [
      `there is no half place: ${valid}`,
      inValid((length, span, stride) => (length - span) / stride + 1),
    ],
    "+ 1 before the division": [
      `the first place costs no step: divide first, then add 1: ${valid}`,
      inValid((length, span, stride) =>
        Math.floor((length - span + 1) / stride)
      ),
    ],
    "size not subtracted": [
      `the window must fit into the axis: ${valid}`,
      inValid((length, _, stride) => Math.floor(length / stride)),
      inValid((length, _, stride) => Math.ceil(length / stride)),
    ],
    "padding ignored": [
      `with padding "same" the length is ${same}`,
      (length, options) =>
        outputLength(length, { ...options, padding: "valid" }),
    ],
    "rounded down instead of up": [
      `with padding "same" the length is ${same}`,
      inSame((length, _, stride) => Math.floor(length / stride)),
    ],
    "strides ignored with padding same": [
      `padding "same" keeps the length only with stride 1: ${same}`,
      inSame((length) => length),
    ],
    "dilation ignored": [
      "a dilated window spans (size - 1) * dilation + 1 pixels",
      (length, options) => outputLength(length, { ...options, dilation: 1 }),
    ],
    "dilation times the whole size": [
      "size pixels have size - 1 gaps: the span is (size - 1) * dilation + 1",
      (length, { size, dilation = 1, ...rest }) =>
        outputLength(length, { ...rest, size: size * dilation }),
    ],
  }],
});
