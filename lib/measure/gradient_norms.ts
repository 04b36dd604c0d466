import { checkTensor } from "../base/check.ts";
import { settle, shown } from "../base/options.ts";
import type { Gradients } from "./trainer.ts";

/** Length of the gradient of one weight. */
export interface GradientNorm {
  /** `conv1/kernel` */
  readonly name: string;
  /** Root of the sum of the squares. */
  readonly norm: number;
  /** Root of the mean of the squares: comparable between weights of any size. */
  readonly rms: number;
}

/**
 * How long the gradient of each weight is, in the order of the layers.
 *
 * @param gradients From `trainer.gradients()` or `network.backward()`.
 * @param options `kernelsOnly`: leaves out biases and batch normalisation.
 * @throws {TypeError} No gradients; an unknown option.
 *
 * @example
 * ```ts
 * import { gradientNorms, tensor } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * const gradients = new Map([["dense1/kernel", tensor([[3, 4]])]]);
 * assertEquals(gradientNorms(gradients)[0].norm, 5);
 * ```
 */
export function gradientNorms(
  gradients: Gradients,
  options: { kernelsOnly?: boolean } = {},
): GradientNorm[] {
  const { kernelsOnly } = settle("gradientNorms", options, {
    kernelsOnly: false,
  });
  if (!(gradients instanceof Map)) {
    throw new TypeError(
      `gradientNorms() expects a Map from names to gradients but found ${
        shown(gradients)
      }: await trainer.gradients(), or pass network.backward().gradients`,
    );
  }
  return [...gradients]
    .filter(([name]) => !kernelsOnly || name.endsWith("kernel"))
    .map(([name, gradient]) => {
      checkTensor("gradientNorms", `the gradient "${name}"`, gradient);
      const { data } = gradient;
      let squares = 0;
      for (const value of data) squares += value * value;
      const norm = Math.sqrt(squares);
      return { name, norm, rms: norm / Math.sqrt(data.length) };
    });
}
