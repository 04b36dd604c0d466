/**
 * Checks that functions outside this folder make before they look into a network.
 *
 * @module
 */
import { shown } from "../base/options.ts";
import type { Architecture, Layer } from "./types.ts";

/** Throws unless `value` has the form of an architecture. */
export function checkArchitecture(
  fn: string,
  value: unknown,
): asserts value is Architecture {
  const { inputShape, layers } = Object(value) as Partial<Architecture>;
  if (Array.isArray(inputShape) && Array.isArray(layers)) return;
  throw new TypeError(
    `${fn}() expects an architecture { name, inputShape, layers } but found ${
      shown(value)
    }: make one with network(), or call a maker such as lenet()`,
  );
}

/** Throws unless `value` has the form of a layer. */
export function checkLayer(fn: string, value: unknown): asserts value is Layer {
  if (typeof (Object(value) as Partial<Layer>).kind === "string") return;
  throw new TypeError(
    `${fn}() expects a layer but found ${
      shown(value)
    }: make one with layers.conv2d() and its neighbours`,
  );
}
