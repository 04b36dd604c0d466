/**
 * The weights of a network by name: drawn at the start, and checked.
 *
 * @module
 */
import { checkSeed, checkWord, settle, shown } from "../base/options.ts";
import { glorotUniform, heNormal, randomNormal } from "../base/random.ts";
import { checkTensor, DTYPES } from "../base/shape.ts";
import { streamFor } from "../base/stream.ts";
import {
  cast,
  type DType,
  shapeText,
  type Tensor,
  zeros,
} from "../base/tensor.ts";
import type { Weight } from "../layers/define.ts";
import { type Plan, plan, type PlannedSingle, singles } from "./plan.ts";
import type { Architecture } from "./types.ts";

/** Weights by name: "conv1/kernel", "conv1/bias", "bn1/gamma", "bn1/movingMean". */
export type Weights = Map<string, Tensor>;

/** One weight of a network. */
export interface WeightSpec extends Weight {
  /** "conv1/kernel" */
  readonly name: string;
  /** "kernel" */
  readonly role: string;
  readonly trainable: boolean;
  /** Trainable, if its layer were not frozen. */
  readonly frozen: boolean;
}

/** The weights of one layer; none for most kinds. */
export function weightsOf(
  { kind, name, inputShape, settings }: PlannedSingle,
): WeightSpec[] {
  const weights = kind.weights?.(inputShape, settings) ?? {};
  const frozen = settings.trainable === false;
  return Object.entries(weights).map(([role, weight]) => {
    const { trainable = true } = weight;
    const moves = {
      trainable: trainable && !frozen,
      frozen: trainable && frozen,
    };
    return { ...weight, ...moves, name: `${name}/${role}`, role };
  });
}

/** Every weight of a network, in the order of its layers. */
export function weightSpecs(plan: Plan): WeightSpec[] {
  return singles(plan).flatMap(weightsOf);
}

/**
 * The weights a network starts from.
 *
 * Kernels that a ReLU follows are He normal, those after the last ReLU Glorot
 * uniform; biases and shifts are 0, scales 1, moving means 0 and variances 1.
 *
 * @param architecture The network.
 * @param seed Decides every draw.
 * @param options dtype = "float32".
 * @returns Weights in the order of the layers.
 * @throws {TypeError} A network that cannot exist; another dtype; an unknown option.
 * @throws {RangeError} A network that cannot exist; a seed that is no whole number.
 *
 * @example
 * ```ts
 * import { initialWeights, lenet } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * const weights = initialWeights(lenet(), 1);
 * assertEquals(weights.get("conv1/kernel")!.shape, [5, 5, 1, 6]);
 * ```
 */
export function initialWeights(
  architecture: Architecture,
  seed: number,
  options: { dtype?: DType } = {},
): Weights {
  const fn = "initialWeights";
  const { dtype } = settle(fn, options, { dtype: "float32" });
  checkWord(fn, "dtype", dtype, DTYPES);
  checkSeed(fn, seed);
  const stream = streamFor(seed, "weights");
  const parts = singles(plan(architecture));
  const lastRelu = parts.findLastIndex(({ kind }) => kind.rectifies);
  const weights: Weights = new Map();
  parts.forEach((part, place) => {
    const draw = place < lastRelu ? heNormal : glorotUniform;
    for (const { name, shape, start } of weightsOf(part)) {
      const value = start === "drawn"
        ? draw(shape, stream, dtype)
        : typeof start === "object"
        ? randomNormal(shape, stream, { ...start, dtype })
        : zeros(shape, dtype);
      if (typeof start === "number") value.data.fill(start);
      weights.set(name, value);
    }
  });
  return weights;
}

/**
 * A copy of the weights, in the order of the layers, once they are known to fit.
 *
 * @param caller Name of the function that was called, for messages.
 * @throws {TypeError} A weight is missing, unknown, or has the wrong shape.
 */
export function fittingWeights(
  caller: string,
  architecture: Architecture,
  weights: ReadonlyMap<string, Tensor>,
  dtype: DType = "float32",
): Weights {
  const specs = weightSpecs(plan(architecture));
  if (!(weights instanceof Map)) {
    throw new TypeError(
      `${caller}() expects weights as a Map from names to tensors but found ${
        shown(weights)
      }: pass initialWeights(), or the weights of another network`,
    );
  }
  const net = `network "${architecture.name}"`;
  const copy: Weights = new Map();
  for (const { name, shape } of specs) {
    const found = weights.get(name);
    if (found === undefined) {
      throw new TypeError(
        `${caller}() expects the weight "${name}" ${
          shapeText(shape)
        } for the ${net} but found none: are these the weights of another architecture?`,
      );
    }
    checkTensor(caller, `the weight "${name}"`, found);
    if (shapeText(found.shape) !== shapeText(shape)) {
      throw new TypeError(
        `${caller}() expects the weight "${name}" of shape ${
          shapeText(shape)
        } for the ${net} but found ${
          shapeText(found.shape)
        }: are these the weights of another width, input or number of classes?`,
      );
    }
    copy.set(name, cast(found, dtype));
  }
  for (const name of weights.keys()) {
    if (!copy.has(name)) {
      throw new TypeError(
        `${caller}() expects only weights of the ${net} but found ${
          shown(name)
        }: are these the weights of another architecture?`,
      );
    }
  }
  return copy;
}
