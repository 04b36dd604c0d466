import { checkCount } from "../../base/check.ts";
import { settle, shown } from "../../base/options.ts";
import { layers, network } from "../makers.ts";
import { type NetOptions, scaled } from "./options.ts";
import type { Architecture } from "../types.ts";

/** Options of mlp(). */
export interface MlpOptions extends Omit<NetOptions, "width"> {
  /** Units of each hidden layer. */
  readonly hidden?: readonly number[];
}

/**
 * A net of dense layers alone: flatten, then each hidden layer with ReLU.
 *
 * @param options classes = 10, inputShape = [28, 28, 1], hidden = [128].
 * @throws {TypeError} An unknown option; hidden units that are no list of numbers.
 * @throws {RangeError} classes or units that are not whole and 1 or more.
 *
 * @example
 * ```ts
 * import { describe, mlp } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * // (784 * 128 + 128) + (128 * 10 + 10)
 * assertEquals(describe(mlp()).parameters, 101770);
 * ```
 */
export function mlp(options: MlpOptions = {}): Architecture {
  const { classes, inputShape, hidden } = settle("mlp", options, {
    classes: 10,
    inputShape: [28, 28, 1],
    hidden: [128],
  });
  scaled("mlp", { classes, inputShape });
  if (!Array.isArray(hidden)) {
    throw new TypeError(
      `mlp() expects hidden as a list of units but found ${
        shown(hidden)
      }: write [128], or [] for no hidden layer`,
    );
  }
  for (const units of hidden) checkCount("mlp", "hidden units", units);
  return network("MLP", inputShape, [
    layers.flatten(),
    ...hidden.flatMap((units) => [layers.dense({ units }), layers.relu()]),
    layers.dense({ units: classes }),
  ]);
}
