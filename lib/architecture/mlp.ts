import { layers, network } from "./makers.ts";
import type { NetOptions } from "./options.ts";
import type { Architecture } from "./types.ts";

/** Options of mlp(). */
export interface MlpOptions extends Omit<NetOptions, "width"> {
  /** Units of each hidden layer. */
  readonly hidden?: readonly number[];
}

/**
 * A net of dense layers alone: flatten, then each hidden layer with ReLU.
 *
 * @param options classes = 10, inputShape = [28, 28, 1], hidden = [128].
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
  const { classes = 10, inputShape = [28, 28, 1], hidden = [128] } = options;
  return network("MLP", inputShape, [
    layers.flatten(),
    ...hidden.flatMap((units) => [layers.dense({ units }), layers.relu()]),
    layers.dense({ units: classes }),
  ]);
}
