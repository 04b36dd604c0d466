/**
 * The from-scratch network: plain TypeScript in both directions.
 *
 * @module
 */
import { add } from "../layers/add.ts";
import type { Running } from "../layers/define.ts";
import { joins } from "../layers/kinds.ts";
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
import {
  type Plan,
  plan,
  type PlannedParallel,
  type PlannedSingle,
  singles,
} from "./plan.ts";
import type { Architecture } from "./types.ts";
import {
  fittingWeights,
  initialWeights,
  type Weights,
  weightsOf,
} from "./weights.ts";

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
  const own = new Map(
    singles(whole).map((single) => [
      single.name,
      Object.fromEntries(
        weightsOf(single).map(({ name, role }) => [role, weights.get(name)!]),
      ),
    ]),
  );
  const stream = streamFor(seed, "dropout");
  let activations = new Map<string, Tensor>();
  let last: { shape: readonly number[]; back: Back } | undefined;
  return {
    architecture,
    weights,
    get activations() {
      return activations;
    },
    forward(x, options = {}) {
      const { training } = settle("forward", options, { training: false });
      checkFlag("forward", "training", training);
      expectImages(architecture, whole.inputShape, x);
      activations = new Map();
      const pass = { training, stream, own, activations };
      const [y, back] = run(whole, x, pass);
      last = { shape: y.shape, back };
      return y;
    },
    backward(dy) {
      expectGradient(last?.shape, dy);
      const found: Found = {
        gradients: new Map(),
        activationGradients: new Map(),
      };
      const later = last!.back(dy, found, false);
      const names = activations.size;
      let dx: Tensor | undefined;
      return {
        get dx() {
          return dx ??= later();
        },
        gradients: inOrder(found.gradients, weights),
        get activationGradients() {
          if (found.activationGradients.size < names) dx ??= later();
          return found.activationGradients;
        },
      };
    },
  };
}

/** What a forward pass knows and collects. */
interface Pass extends Running {
  /** Weights by role, of each layer by name. */
  readonly own: ReadonlyMap<string, Readonly<Record<string, Tensor>>>;
  readonly activations: Map<string, Tensor>;
}

/** What a backward pass collects. */
interface Found {
  readonly gradients: Weights;
  readonly activationGradients: Map<string, Tensor>;
}

/**
 * The way back through a part; the input's gradient is computed when it is
 * called, or along with the others where that will be `now`.
 */
type Back = (dy: Tensor, found: Found, now: boolean) => () => Tensor;

/** Runs a part of a network forward; what it returns knows the way back. */
function run(part: Plan, x: Tensor, pass: Pass): [y: Tensor, back: Back] {
  if (part.type === "sequence") {
    const backs: Back[] = [];
    for (const step of part.steps) {
      const [y, back] = run(step, x, pass);
      backs.unshift(back);
      x = y;
    }
    // Below the first step that learns, the way back is gone only if asked for.
    const first = part.steps.findIndex(learns);
    const needed = first === -1 ? 0 : backs.length - first;
    return [x, (dy, found, now) => {
      const through = (some: Back[], start: () => Tensor, now: boolean) =>
        some.reduce(
          (dx, back, i) => back(dx(), found, now || i < some.length - 1),
          start,
        );
      const dx = through(backs.slice(0, needed), () => dy, now);
      return () => through(backs.slice(needed), dx, true)();
    }];
  }
  const [y, back] = part.type === "single"
    ? runLayer(part, x, pass)
    : runBranches(part, x, pass);
  pass.activations.set(part.name, y);
  return [y, (dy, found, now) => {
    found.activationGradients.set(part.name, dy);
    return back(dy, found, now);
  }];
}

/** Whether a part has a weight that training moves. */
const learns = (part: Plan): boolean =>
  singles(part).flatMap(weightsOf).some(({ trainable }) => trainable);

/** Runs one layer. */
function runLayer(
  { kind, name, settings }: PlannedSingle,
  x: Tensor,
  pass: Pass,
): [y: Tensor, back: Back] {
  const weights = pass.own.get(name)!;
  const [y, back] = kind.run(x, weights, settings, pass);
  return [y, (dy, found, now) => {
    const flow = back(dy, now);
    for (const [role, gradient] of Object.entries(flow.weights ?? {})) {
      if (!weights[role] || settings.trainable === false) continue;
      found.gradients.set(`${name}/${role}`, gradient);
    }
    return flow.dx;
  }];
}

/** Runs branches on one input; its gradient is the sum of theirs. */
function runBranches(
  { branches, join }: PlannedParallel,
  x: Tensor,
  pass: Pass,
): [y: Tensor, back: Back] {
  const ran = branches.map((branch) => run(branch, x, pass));
  const [y, back] = joins[join].run(ran.map(([y]) => y));
  return [y, (dy, found, now) => {
    const parts = back(dy);
    const dxs = ran.map(([, back], i) => back(parts[i], found, now));
    return () => dxs.map((dx) => dx()).reduce(add);
  }];
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
