/**
 * The from-scratch network: plain TypeScript in both directions.
 *
 * @module
 */
import { add, concat, concatBackward } from "../layers/mod.ts";
import {
  checkFlag,
  checkSeed,
  checkWord,
  settle,
  shown,
} from "../base/options.ts";
import { checkTensor, DTYPES } from "../base/shape.ts";
import { streamFor } from "../base/stream.ts";
import { type DType, shapeText, type Tensor } from "../base/tensor.ts";
import { makePart } from "./make_part.ts";
import type { Part } from "./part.ts";
import { type Plan, plan } from "./plan.ts";
import type { Architecture } from "./types.ts";
import { fittingWeights, initialWeights, type Weights } from "./weights.ts";

/** Where a network's weights come from. */
export interface BuildOptions {
  /** Weights to copy; drawn from the seed unless given. */
  readonly weights?: ReadonlyMap<string, Tensor>;
  /** Decides the first weights and what dropout drops; 1 unless told. */
  readonly seed?: number;
  /** "float32" unless told. */
  readonly dtype?: DType;
}

/** What a backward pass finds. */
export interface NetworkGradients {
  /** Gradient of the input; computed when it is read. */
  readonly dx: Tensor;
  /** Gradient of each trainable weight, by name. */
  readonly gradients: Weights;
  /** Gradient of each layer's output, by layer name. */
  readonly activationGradients: ReadonlyMap<string, Tensor>;
}

/** A network that runs. */
export interface Network {
  readonly architecture: Architecture;
  /** The weights in use: change their values in place to train. */
  readonly weights: Weights;
  /** Output of every layer in the last forward pass, by layer name. */
  readonly activations: ReadonlyMap<string, Tensor>;
  /** Output for images [N, H, W, C]; training switches dropout and batch moments on. */
  forward(x: Tensor, options?: { training?: boolean }): Tensor;
  /** Gradients of the last forward pass, from the gradient of its output. */
  backward(dy: Tensor): NetworkGradients;
}

/** What a pass collects. */
interface Collected {
  activations: Map<string, Tensor>;
  activationGradients: Map<string, Tensor>;
}

/**
 * Builds a network in plain TypeScript.
 *
 * @param architecture The network.
 * @param options weights, or seed = 1; dtype = "float32".
 * @returns A network to run forward and backward.
 * @throws {TypeError} Weights that do not fit the architecture; a network that
 * cannot exist; another dtype; an unknown option.
 * @throws {RangeError} A network that cannot exist; a seed that is no whole number.
 *
 * @example
 * ```ts
 * import { buildNetwork, lenet, zeros } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * const network = buildNetwork(lenet(), { seed: 1 });
 * const logits = network.forward(zeros([2, 28, 28, 1]));
 * assertEquals(logits.shape, [2, 10]);
 * const { gradients } = network.backward(logits);
 * assertEquals(gradients.get("conv1/kernel")!.shape, [5, 5, 1, 6]);
 * ```
 */
export function buildNetwork(
  architecture: Architecture,
  options: BuildOptions = {},
): Network {
  const { weights: given, seed, dtype } = settle("buildNetwork", options, {
    weights: undefined,
    seed: 1,
    dtype: "float32",
  });
  checkSeed("buildNetwork", seed);
  checkWord("buildNetwork", "dtype", dtype, DTYPES);
  const weights = given === undefined
    ? initialWeights(architecture, seed, { dtype })
    : fittingWeights("buildNetwork", architecture, given, dtype);
  const whole = plan(architecture);
  const collected: Collected = {
    activations: new Map(),
    activationGradients: new Map(),
  };
  const stream = streamFor(seed, "dropout");
  const make = (part: Plan): Part =>
    part.type === "single"
      ? recorded(part.name, makePart(part, weights, stream), collected)
      : part.type === "sequence"
      ? inSequence(part.steps.map(make))
      : recorded(
        part.name,
        inParallel(part.join, part.branches.map(make)),
        collected,
      );
  const root = make(whole);
  let outputShape: readonly number[] | undefined;
  return {
    architecture,
    weights,
    get activations() {
      return collected.activations;
    },
    forward(x, options = {}) {
      const { training } = settle("forward", options, { training: false });
      checkFlag("forward", "training", training);
      expectImages(architecture, whole.inputShape, x);
      collected.activations = new Map();
      const y = root.forward(x, training);
      outputShape = y.shape;
      return y;
    },
    backward(dy) {
      expectGradient(outputShape, dy);
      const gradients: Weights = new Map();
      collected.activationGradients = new Map();
      const later = root.backwardLater!(dy, gradients);
      let dx: Tensor | undefined;
      return {
        get dx() {
          return dx ??= later();
        },
        gradients: inOrder(gradients, weights),
        activationGradients: collected.activationGradients,
      };
    },
  };
}

/** Keeps the output of a part, and its gradient, under its name. */
function recorded(name: string, part: Part, collected: Collected): Part {
  const { backwardLater } = part;
  return {
    forward(x, training) {
      const y = part.forward(x, training);
      collected.activations.set(name, y);
      return y;
    },
    backward(dy, gradients) {
      collected.activationGradients.set(name, dy);
      return part.backward(dy, gradients);
    },
    backwardLater: backwardLater && ((dy, gradients) => {
      collected.activationGradients.set(name, dy);
      return backwardLater.call(part, dy, gradients);
    }),
  };
}

/** Parts one after the other. */
function inSequence(parts: readonly Part[]): Part {
  const backward = (from: number, dy: Tensor, gradients: Weights) =>
    parts.slice(from).reduceRight(
      (value, part) => part.backward(value, gradients),
      dy,
    );
  return {
    forward: (x, training) =>
      parts.reduce((value, part) => part.forward(value, training), x),
    backward: (dy, gradients) => backward(0, dy, gradients),
    backwardLater(dy, gradients) {
      const first = parts.at(0);
      if (first?.backwardLater) {
        return first.backwardLater(backward(1, dy, gradients), gradients);
      }
      const dx = backward(0, dy, gradients);
      return () => dx;
    },
  };
}

/** Branches on one input; its gradient is the sum of theirs. */
function inParallel(join: "add" | "concat", branches: readonly Part[]): Part {
  let outputs: Tensor[] = [];
  return {
    forward(x, training) {
      outputs = branches.map((branch) => branch.forward(x, training));
      return join === "add" ? outputs.reduce(add) : concat(outputs);
    },
    backward(dy, gradients) {
      const parts = join === "add"
        ? outputs.map(() => dy)
        : concatBackward(outputs, dy);
      return branches
        .map((branch, i) => branch.backward(parts[i], gradients))
        .reduce(add);
    },
  };
}

/** The gradients in the order of the weights. */
function inOrder(gradients: Weights, weights: Weights): Weights {
  const names = [...weights.keys()].filter((name) => gradients.has(name));
  return new Map(names.map((name) => [name, gradients.get(name)!]));
}

/** Whether a value is a tensor, as far as its shape is worth reading. */
function hasShape(x: Tensor | undefined): x is Tensor {
  return Array.isArray(x?.shape) && ArrayBuffer.isView(x.data);
}

/** Throws where `x` is no batch of the network's images. */
function expectImages(
  architecture: Architecture,
  inputShape: readonly number[],
  x: Tensor,
): void {
  if (
    !hasShape(x) || x.shape.length !== 4 || x.shape[0] === 0 ||
    shapeText(x.shape.slice(1)) !== shapeText(inputShape)
  ) {
    throw new TypeError(
      `forward() of "${architecture.name}" expects images [N, ${
        inputShape.join(", ")
      }] but found ${
        shown(hasShape(x) ? x.shape : x)
      }: a single image is a batch of one, and inputShape sets another size`,
    );
  }
  checkTensor("forward", "images", x);
}

/** Throws where `dy` is not the gradient of the last output. */
function expectGradient(
  outputShape: readonly number[] | undefined,
  dy: Tensor,
): void {
  if (outputShape === undefined) {
    throw new TypeError(
      "backward() expects a forward pass before it but found none: call forward() first",
    );
  }
  if (!hasShape(dy) || shapeText(dy.shape) !== shapeText(outputShape)) {
    throw new TypeError(
      `backward() expects the gradient of the last output ${
        shapeText(outputShape)
      } but found ${
        shown(hasShape(dy) ? dy.shape : dy)
      }: pass one number for each logit`,
    );
  }
  checkTensor("backward", "a gradient", dy);
}
