import type * as tensorflow from "@tensorflow/tfjs";
import { buildNetwork } from "../../lib/networks/build_network.ts";
import { plan } from "../../lib/networks/plan.ts";
import { add, conv2dNaive, conv2dNaiveBackward } from "../../lib/layers/mod.ts";
import { subtract } from "../../lib/base/verbs.ts";
import type { Kind } from "../../lib/layers/define.ts";
import { kinds } from "../../lib/layers/kinds.ts";
import { type Random, random } from "../../lib/base/random.ts";
import { streamFor } from "../../lib/base/stream.ts";
import { cast, type DType, type Tensor } from "../../lib/base/tensor.ts";
import { type BackendName, useBackend } from "../../lib/engine/backend.ts";
import { toTf } from "../../lib/engine/convert.ts";
import { variables } from "../../lib/engine/layers_model.ts";
import { type Case, drops, moved, type Numeric, perturbed } from "./case.ts";
import { naive } from "./naive.ts";
import { stepsDifference } from "./steps.ts";
import { modelOf } from "./tfjs_model.ts";

/**
 * What an engine finds: "y", "dx", "d conv1/kernel", "moved bn1/movingMean" and so
 * on; a part that it cannot find is left out.
 */
export type Found = Map<string, Tensor>;

/**
 * Something that runs a case; undefined where it does not take this one, words where
 * it finds by itself what is wrong.
 */
export type Engine = (
  value: Case,
  numeric: Numeric,
) => Found | string | undefined | Promise<Found | string | undefined>;

/** The library's own network, in either precision. */
export function scratch(dtype: DType): Engine {
  return ({ seed, architecture, training }, { x, weights, dy }) => {
    const network = buildNetwork(architecture, { weights, seed, dtype });
    const y = network.forward(cast(x, dtype), { training });
    const found: Found = new Map([["y", y]]);
    const { dx, gradients } = network.backward(cast(dy, dtype));
    found.set("dx", dx);
    for (const [name, value] of gradients) found.set(`d ${name}`, value);
    for (const [name, value] of network.weights) {
      if (name.includes("/moving")) found.set(`moved ${name}`, value);
    }
    return found;
  };
}

/** The library in float64: what all others are compared with. */
export const reference: Engine = scratch("float64");

/** A gradient, each row by what made a row of x one of y: of rows of length 1, the terms. */
function scaled(dy: Tensor, x: Tensor, y: Tensor): Tensor {
  const size = x.shape.at(-1)!;
  const length = ({ data }: Tensor, first: number) =>
    Math.hypot(...data.subarray(first, first + size));
  const data = dy.data.map((v, i) => {
    const first = i - i % size;
    return v * length(y, first) / (length(x, first) || 1);
  });
  return { shape: dy.shape, data };
}

/**
 * The reference as roundings of float32 may move it: every number that goes into the
 * network, or from one layer to another, there and back, is moved by as much; so are
 * the terms inside of rows of length 1. So a sum that cancels shows how large its terms
 * are.
 */
export function rounded(value: Case, numeric: Numeric, stream: Random): Found {
  const stock = [...kinds.values()].map((kind) => ({ kind, run: kind.run }));
  for (const { kind, run } of stock) {
    const moving: Kind["run"] = (...given) => {
      const [x] = given, [y, back] = run(...given);
      return [moved(y, stream), (dy, asked) => {
        const flow = back(moved(dy, stream), asked);
        if (kind.kind !== "l2Normalize") return flow;
        const terms = scaled(dy, x, y);
        const dx = () => add(flow.dx(), subtract(moved(terms, stream), terms));
        return { ...flow, dx };
      }];
    };
    Object.assign(kind, { run: moving });
  }
  try {
    return reference(value, perturbed(numeric, stream)) as Found;
  } finally {
    for (const { kind, run } of stock) Object.assign(kind, { run });
  }
}

/** The definitions, forward only. */
export const loops: Engine = (value, { x, weights }) => {
  const { architecture, training, seed } = value;
  const dropout = streamFor(seed, "dropout");
  return new Map([
    ["y", naive(plan(architecture), x, { weights, training, dropout })],
  ]);
};

/** The library's seven loops, for a convolution that stands alone. */
const naiveConvolution: Engine = ({ architecture }, numeric) => {
  const [layer, ...others] = architecture.layers;
  if (others.length > 0 || layer.kind !== "conv2d") return undefined;
  const { x, weights, dy } = numeric;
  const { strides, padding, dilations, groups } = layer;
  const options = { strides, padding, dilations, groups };
  const [[name, kernel], ...rest] = [...weights];
  const bias = rest.at(0)?.[1];
  const { dx, dKernel, dBias } = conv2dNaiveBackward(x, kernel, dy, options);
  return new Map([
    ["y", conv2dNaive(x, kernel, { ...options, bias })],
    ["dx", dx],
    [`d ${name}`, dKernel],
    ...(bias ? [[`d ${rest[0][0]}`, dBias] as const] : []),
  ]);
};

/**
 * The slope of the definitions along a few random directions, as one number
 * each; {@linkcode slopes} gives those of found gradients.
 */
export function numericSlopes(
  value: Case,
  numeric: Numeric,
  h: number,
): number[] {
  const along = (direction: Map<string, Tensor>, step: number) => {
    const move = (name: string, { shape, data }: Tensor): Tensor => ({
      shape,
      data: data.map((v, i) => v + step * (direction.get(name)?.data[i] ?? 0)),
    });
    const y = (loops(value, {
      ...numeric,
      x: move("dx", numeric.x),
      weights: new Map(
        [...numeric.weights].map(([name, w]) => [name, move(`d ${name}`, w)]),
      ),
    }) as Found).get("y")!;
    let sum = 0;
    y.data.forEach((v, i) => sum += v * numeric.dy.data[i]);
    return sum;
  };
  return directions(numeric).map((direction) =>
    (along(direction, h) - along(direction, -h)) / (2 * h)
  );
}

/** The slopes that gradients predict along the same directions. */
export function slopes(numeric: Numeric, found: Found): number[] {
  return directions(numeric).map((direction) => {
    let sum = 0;
    for (const [name, { data }] of direction) {
      const gradient = found.get(name);
      gradient?.data.forEach((v, i) => sum += v * data[i]);
    }
    return sum;
  });
}

function directions({ x, weights }: Numeric): Map<string, Tensor>[] {
  const stream = random(77);
  const like = ({ shape, data }: Tensor): Tensor => ({
    shape,
    data: data.map(() => stream.normal()),
  });
  return [0, 1].map(() =>
    new Map([
      ["dx", like(x)],
      ...[...weights].filter(([name]) => !name.includes("/moving"))
        .map(([name, w]) => [`d ${name}`, like(w)] as const),
    ])
  );
}

/** The network in TensorFlow.js, on one of its engines. */
function tfjsEngine(name: BackendName): Engine {
  return async (value, { x, weights, dy }) => {
    const { architecture, training, seed } = value;
    if (drops(value)) return undefined; // its dropout draws other values
    const { tf } = await useBackend(name);
    const model = modelOf(architecture, { weights, seed });
    if (model === undefined) return undefined;
    const read = (t: tensorflow.Tensor): Tensor => ({
      shape: t.shape,
      data: t.dataSync().slice() as Float32Array,
    });
    const found: Found = new Map();
    tf.tidy(() => {
      // In use an engine may take other kernels than in training.
      if (!training) {
        found.set("y", read(model.predict(toTf(x)) as tensorflow.Tensor));
      }
      const input = tf.variable(toTf(x)), given = toTf(dy);
      const all = variables(model, architecture);
      const trainable = all.filter((one) => one.trainable);
      const inner = trainable.map(({ variable }) =>
        (variable as unknown as { val: tensorflow.Variable }).val
      );
      const { grads } = tf.variableGrads(() => {
        const y = model.apply(input, { training }) as tensorflow.Tensor;
        found.set(training ? "y" : "y while differentiating", read(y));
        return tf.sum(tf.mul(y, given));
      }, [input, ...inner]);
      found.set("dx", read(grads[input.name]));
      trainable.forEach(({ name, shape }, i) =>
        found.set(`d ${name}`, { shape, data: read(grads[inner[i].name]).data })
      );
      for (const { name, variable } of all) {
        if (name.includes("/moving")) {
          found.set(`moved ${name}`, read(variable.read()));
        }
      }
      input.dispose();
    });
    model.dispose();
    return found;
  };
}

/** All engines by name, the slowest last. */
export const engines: Readonly<Record<string, Engine>> = {
  float32: scratch("float32"),
  loops,
  conv2dNaive: naiveConvolution,
  wasm: tfjsEngine("wasm"),
  steps: (value) => stepsDifference(value),
  cpu: tfjsEngine("cpu"),
};
