/**
 * The from-scratch network: plain TypeScript in both directions.
 *
 * @module
 */
import { add } from "../layers/add.ts";
import type { Running, Shape } from "../layers/define.ts";
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
  weightSpecs,
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
  let last: { shape: Shape; back: Back } | undefined;
  return {
    architecture,
    weights,
    get activations() {
      return activations;
    },
    forward(x, options = {}) {
      const { training } = settle("forward", options, { training: false });
      checkFlag("forward", "training", training);
      const image = whole.inputShape;
      checkFits(
        x,
        [x?.shape?.[0] || 1, ...image],
        `forward() of "${architecture.name}" expects images [N, ${
          image.join(", ")
        }]`,
        "a single image is a batch of one, and inputShape sets another size",
      );
      checkTensor("forward", "images", x);
      activations = new Map();
      const pass = { training, stream, own, activations, asked: false };
      const [y, back] = run(whole, x, pass);
      last = { shape: y.shape, back };
      return y;
    },
    backward(dy) {
      if (last === undefined) {
        throw new TypeError(
          "backward() expects a forward pass before it but found none: call forward() first",
        );
      }
      checkFits(
        dy,
        last.shape,
        `backward() expects the gradient of the last output ${
          shapeText(last.shape)
        }`,
        "pass one number for each logit",
      );
      checkTensor("backward", "a gradient", dy);
      const found = { gradients: new Map(), activationGradients: new Map() };
      const dx = last.back(() => dy, found);
      const names = [...activations.keys()];
      return {
        get dx() {
          return dx();
        },
        gradients: inOrder(found.gradients, [...weights.keys()]),
        get activationGradients() {
          dx();
          return inOrder(found.activationGradients, names);
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
  /** Whether a layer before learns, and so asks for the gradient of its output. */
  readonly asked: boolean;
}

/** What a backward pass collects, by name. */
type Found = Record<"gradients" | "activationGradients", Weights>;

/**
 * The way back through a part, from the gradient of its output to that of its
 * input. Neither is computed before it is asked for: a layer that learns asks at
 * once, any other where its own gradient is asked for.
 */
type Back = (dy: () => Tensor, found: Found) => () => Tensor;

/** Runs a part of a network forward; what it returns knows the way back. */
function run(part: Plan, x: Tensor, pass: Pass): [y: Tensor, back: Back] {
  if (part.type === "sequence") {
    const backs: Back[] = [];
    for (const step of part.steps) {
      const [y, back] = run(step, x, pass);
      backs.unshift(back);
      if (learns(step)) pass = { ...pass, asked: true };
      x = y;
    }
    return [x, (dy, found) => backs.reduce((dy, back) => back(dy, found), dy)];
  }
  const [y, back] = part.type === "single"
    ? runLayer(part, x, pass)
    : runBranches(part, x, pass);
  pass.activations.set(part.name, y);
  return [y, (dy, found) => {
    const given = once(() => {
      const gradient = dy();
      found.activationGradients.set(part.name, gradient);
      return gradient;
    });
    return back(given, found);
  }];
}

/** Whether a part has a weight that training moves. */
const learns = (part: Plan): boolean =>
  weightSpecs(part).some(({ trainable }) => trainable);

/** Computes at the first call; later ones give the same. */
function once(compute: () => Tensor): () => Tensor {
  let made: Tensor | undefined;
  return () => made ??= compute();
}

/** Runs one layer. */
function runLayer(
  single: PlannedSingle,
  x: Tensor,
  pass: Pass,
): [y: Tensor, back: Back] {
  const { kind, name, settings } = single;
  const weights = pass.own.get(name)!;
  const [y, back] = kind.run(x, weights, settings, pass);
  if (!learns(single)) return [y, (dy) => once(() => back(dy(), true).dx())];
  return [y, (dy, { gradients }) => {
    const flow = back(dy(), pass.asked);
    for (const [role, gradient] of Object.entries(flow.weights ?? {})) {
      if (weights[role]) gradients.set(`${name}/${role}`, gradient);
    }
    return once(flow.dx);
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
  return [y, (dy, found) => {
    let parts: readonly Tensor[] | undefined;
    const part = (i: number) => (parts ??= back(dy()))[i];
    const dxs = ran.map(([, back], i) => back(() => part(i), found));
    return once(() => dxs.map((dx) => dx()).reduce(add));
  }];
}

/** The gradients in the order of these names. */
function inOrder(gradients: Weights, names: readonly string[]): Weights {
  const known = names.filter((name) => gradients.has(name));
  return new Map(known.map((name) => [name, gradients.get(name)!]));
}

/** Throws unless `x` is a tensor of this shape; `expected` begins the message. */
function checkFits(
  x: Tensor,
  wanted: Shape,
  expected: string,
  remedy: string,
): void {
  const typed = Array.isArray(x?.shape) && ArrayBuffer.isView(x.data);
  if (typed && shapeText(x.shape) === shapeText(wanted)) return;
  throw new TypeError(
    `${expected} but found ${shown(typed ? x.shape : x)}: ${remedy}`,
  );
}
