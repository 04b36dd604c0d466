/**
 * The tfjs LayersModel of an architecture, with the same weights under the same
 * names as the from-scratch network.
 *
 * @module
 */
import type * as tensorflow from "@tensorflow/tfjs";
import {
  type Plan,
  plan,
  type PlannedSingle,
  singles,
} from "../networks/plan.ts";
import { joins } from "../layers/kinds.ts";
import type { Architecture } from "../networks/types.ts";
import {
  fittingWeights,
  initialWeights,
  type Weights,
  weightsOf,
} from "../networks/weights.ts";
import { checkSeed, settle, shown } from "../base/options.ts";
import { streamFor } from "../base/stream.ts";
import { shapeText, type Tensor } from "../base/tensor.ts";
import { tfjs } from "./load.ts";
import { notePlan } from "./planned.ts";

/** Where a model's weights come from. */
export interface LayersModelOptions {
  /** Weights to copy; drawn from the seed unless given. */
  readonly weights?: ReadonlyMap<string, Tensor>;
  /** Decides the first weights and what dropout drops; 1 unless told. */
  readonly seed?: number;
}

/**
 * Builds the tfjs model of an architecture; call `await useBackend()` before.
 *
 * @param architecture The network.
 * @param options weights, or seed = 1.
 * @returns A model from images [N, H, W, C] to logits; its layers have the
 * names that describe() lists.
 * @throws {TypeError} Weights that do not fit the architecture; an unknown option.
 * @throws {RangeError} A seed that is no whole number; strides and dilations above
 * 1 in one convolution.
 *
 * @example
 * ```ts
 * import { lenet, toLayersModel, useBackend } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * await useBackend("cpu");
 * const model = toLayersModel(lenet(), { seed: 1 });
 * assertEquals(model.outputs[0].shape, [null, 10]);
 * model.dispose();
 * ```
 */
export function toLayersModel(
  architecture: Architecture,
  options: LayersModelOptions = {},
): tensorflow.LayersModel {
  const tf = tfjs();
  const { weights: given, seed } = settle("toLayersModel", options, {
    weights: undefined,
    seed: 1,
  });
  checkSeed("toLayersModel", seed);
  const weights = given === undefined
    ? initialWeights(architecture, seed)
    : fittingWeights("toLayersModel", architecture, given);
  const whole = plan(architecture);
  const stream = streamFor(seed, "dropout");
  const input = tf.input({ shape: [...whole.inputShape] });
  const output = connect(
    whole,
    input,
    ({ kind, settings, name, inputShape }) => {
      const layer = kind.tfjs(tf, settings, { name, inputShape, stream });
      layer.trainable = settings.trainable !== false;
      return layer;
    },
  );
  const model = tf.model({ inputs: input, outputs: output });
  for (const single of singles(whole)) setWeights(model, single, weights);
  notePlan(model, whole);
  return model;
}

type Symbolic = tensorflow.SymbolicTensor;

/** Applies the layers of a plan to a symbolic tensor. */
function connect(
  part: Plan,
  x: Symbolic,
  make: (single: PlannedSingle) => tensorflow.layers.Layer,
): Symbolic {
  if (part.type === "single") return make(part).apply(x) as Symbolic;
  if (part.type === "sequence") {
    return part.steps.reduce((value, step) => connect(step, value, make), x);
  }
  const outputs = part.branches.map((branch) => connect(branch, x, make));
  // tfjs joins two tensors or more.
  if (outputs.length === 1) return outputs[0];
  return joins[part.join].tfjs(tfjs(), part.name).apply(outputs) as Symbolic;
}

/** Copies the weights of one layer into the model. */
function setWeights(
  model: tensorflow.LayersModel,
  single: PlannedSingle,
  weights: Weights,
): void {
  const specs = weightsOf(single);
  if (specs.length === 0) return;
  const layer = model.getLayer(single.name), tf = tfjs();
  tf.tidy(() =>
    layer.setWeights(specs.map(({ name }, i) =>
      // A copy, since the cpu backend keeps the array it is given; tfjs has
      // another shape, but the same order, for depthwise kernels.
      tf.tensor(
        Float32Array.from(weights.get(name)!.data),
        layer.weights[i].shape as number[],
      )
    ))
  );
}

/**
 * Copies a model's weights out, under the names that the architecture gives them.
 *
 * @param model A model that toLayersModel() made from the architecture.
 * @param architecture The network.
 * @returns Weights that buildNetwork() and saveWeights() take.
 * @throws {TypeError} The model lacks a layer or has another shape of weight.
 *
 * @example
 * ```ts
 * import { initialWeights, lenet, readWeights, toLayersModel, useBackend } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * await useBackend("cpu");
 * const weights = initialWeights(lenet(), 7);
 * const model = toLayersModel(lenet(), { weights });
 * assertEquals(await readWeights(model, lenet()), weights);
 * model.dispose();
 * ```
 */
export async function readWeights(
  model: tensorflow.LayersModel,
  architecture: Architecture,
): Promise<Weights> {
  const weights: Weights = new Map();
  for (const { name, shape, variable } of variables(model, architecture)) {
    const data = Float32Array.from(await variable.read().data());
    weights.set(name, { shape: [...shape], data });
  }
  return weights;
}

/** A weight of the architecture and the model's variable that holds it. */
export interface ModelVariable {
  readonly name: string;
  readonly shape: readonly number[];
  readonly trainable: boolean;
  readonly variable: tensorflow.LayerVariable;
}

/** The variables of a model in the order of the architecture's weights. */
export function variables(
  model: tensorflow.LayersModel,
  architecture: Architecture,
): ModelVariable[] {
  if (!Array.isArray(model?.layers)) {
    throw new TypeError(
      `readWeights() expects a model of TensorFlow.js but found ${
        shown(model)
      }: pass what toLayersModel() returned`,
    );
  }
  const known = new Map(model.layers.map((layer) => [layer.name, layer]));
  return singles(plan(architecture)).flatMap((single) => {
    const layer = known.get(single.name);
    return weightsOf(single).map(({ name, shape, trainable }, i) => {
      const variable = layer?.weights[i];
      const size = (axes: readonly (number | null)[]) =>
        axes.reduce<number>((product, axis) => product * (axis ?? 0), 1);
      if (!variable || size(variable.shape) !== size(shape)) {
        throw new TypeError(
          `readWeights() expects a model of the network "${architecture.name}" with a weight "${name}" ${
            shapeText(shape)
          } but found ${
            variable ? shapeText(variable.shape as number[]) : "none"
          }: pass the architecture that the model was made from`,
        );
      }
      return { name, shape, trainable, variable };
    });
  });
}
