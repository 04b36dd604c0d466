/**
 * Every function of tensors, random numbers, layers and networks is called with
 * each of its arguments and options wrong in turn: what is of another kind is
 * refused, in the name of the function that was called.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import * as architecture from "../../lib/networks/mod.ts";
import { kinds } from "../../lib/layers/kinds.ts";
import { concatShape } from "../../lib/layers/concat.ts";
import { denseShape } from "../../lib/layers/dense.ts";
import { flattenShape } from "../../lib/layers/flatten.ts";
import { globalAvgPool2dShape } from "../../lib/layers/global_avg_pool2d.ts";
import { moments } from "../../lib/layers/moments.ts";
import * as layerFunctions from "../../lib/layers/mod.ts";
import * as randoms from "../../lib/base/random.ts";
import * as reduce from "../../lib/base/reduce.ts";
import * as tensors from "../../lib/base/tensor.ts";
import * as verbs from "../../lib/base/verbs.ts";

const { zeros, tensor } = tensors;
const { layers, network, describe, buildNetwork } = architecture;

// Notebook cells are not type-checked: any value may arrive anywhere.
// deno-lint-ignore no-explicit-any
type Any = any;
type Call = [call: (...values: Any[]) => unknown, ...values: unknown[]];

const x = zeros([1, 4, 4, 2]);
const kernel = zeros([3, 3, 2, 2]);
const dy = zeros([1, 2, 2, 2]);
const rows = zeros([2, 3]);
const matrix = zeros([3, 2]);
const tokens = zeros([2, 3, 2]);
const ones = tensor([1, 1]);
const conv = {
  bias: ones,
  strides: 1,
  padding: "valid",
  dilations: 1,
  groups: 1,
};
const pool = { poolSize: 2, strides: 2, padding: "valid" };
const place = { size: 2, stride: 1, padding: "valid", dilation: 1 };
const norm = {
  gamma: ones,
  beta: ones,
  epsilon: 0.1,
  mean: ones,
  variance: ones,
  training: true,
};
const rowNorm = { gamma: ones, beta: ones, epsilon: 0.1 };
const shared = { classes: 3, width: 0.25, inputShape: [32, 32, 3] };
const tiny = network("tiny", [4, 4, 2], [
  layers.flatten(),
  layers.dense({ units: 3 }),
]);
const weights = architecture.initialWeights(tiny, 1);
const running = buildNetwork(tiny);
running.forward(x);

/** A maker's layer in a network: numbers and names are checked there. */
const placed = (make: Any) => (...values: Any[]) =>
  describe(network("n", [4, 4, 2], [make(...values)]));

/** The same behind patches. */
const onTokens = (make: Any) => (...values: Any[]) =>
  describe(
    network("n", [4, 4, 2], [layers.patchify({ size: 2 }), make(...values)]),
  );

/** How each function is called rightly. */
const rightly: Record<string, Call> = {
  allocate: [tensors.allocate, 2, rows.data],
  cast: [tensors.cast, rows, "float32"],
  gather: [tensors.gather, rows, [0]],
  reshape: [tensors.reshape, rows, [6]],
  shapeText: [tensors.shapeText, [1]],
  sizeOf: [tensors.sizeOf, [1]],
  slice: [tensors.slice, rows, 0, 1],
  tensor: [tensor, [1, 2], [2], { dtype: "float32" }],
  toNested: [tensors.toNested, rows],
  zeros: [zeros, [2], "float32"],
  zerosLike: [tensors.zerosLike, rows],

  at: [verbs.at, rows, 1, 2],
  part: [verbs.part, rows, 1],
  map: [verbs.map, rows, (value: number) => 2 * value],
  subtract: [verbs.subtract, rows, rows],
  maxDifference: [verbs.maxDifference, rows, rows],
  transpose: [verbs.transpose, rows, [1, 0]],
  concatRows: [verbs.concatRows, [rows, rows]],
  sum: [reduce.sum, rows, [0, 1]],
  mean: [reduce.mean, rows, [0, 1]],
  argMax: [reduce.argMax, rows, 1],

  fans: [randoms.fans, [2, 3]],
  glorotUniform: [randoms.glorotUniform, [2, 3], 1, "float32"],
  heNormal: [randoms.heNormal, [2, 3], 1, "float32"],
  permutation: [randoms.permutation, 3, 1],
  random: [randoms.random, 1],
  randomNormal: [randoms.randomNormal, [2], 1, {
    deviation: 0.5,
    dtype: "float32",
  }],
  randomUniform: [randoms.randomUniform, [2], 1, {
    low: 0.25,
    high: 0.75,
    dtype: "float32",
  }],

  ...ofLayers(),

  describe: [describe, tiny],
  "describe inputShape": [(shape) => describe(tiny, shape), [4, 4, 2]],
  "describe options": [(options) => describe(tiny, [4, 4, 2], options), {
    batchSize: 2,
  }],
  network: [(...values: [Any, Any, Any]) => describe(network(...values)), "a", [
    4,
    4,
    2,
  ], [layers.relu()]],
  initialWeights: [architecture.initialWeights, tiny, 1, { dtype: "float32" }],
  encodeWeights: [architecture.encodeWeights, weights],
  decodeWeights: [
    architecture.decodeWeights,
    architecture.encodeWeights(weights),
    "a.safetensors",
  ],
  buildNetwork: [buildNetwork, tiny, { weights, seed: 1, dtype: "float32" }],
  forward: [running.forward, x, { training: false }],
  backward: [running.backward, zeros([1, 3])],

  lenet: [architecture.lenet, { ...shared, pool: "max" }],
  mlp: [architecture.mlp, { classes: 3, inputShape: [4, 4, 2], hidden: [2] }],
  vgg: [architecture.vgg, 11, { ...shared, batchNorm: true }],
  googlenet: [architecture.googlenet, shared],
  auxiliaryHead: [architecture.auxiliaryHead, shared],
  resnet: [architecture.resnet, 18, shared],
  cifarResnet: [architecture.cifarResnet, 8, {
    ...shared,
    plain: false,
    batchNorm: true,
  }],
  smallVgg: [architecture.smallVgg, shared],
  smallInception: [architecture.smallInception, { ...shared, batchNorm: true }],
  smallResnet: [architecture.smallResnet, {
    ...shared,
    depth: 8,
    plain: false,
    batchNorm: true,
  }],
  inception: [
    placed(architecture.inception),
    { one: 1, three: [1, 1], five: [1, 1], pool: 1 },
    { name: "a", bottleneck: true, batchNorm: true },
  ],
  vit: [architecture.vit, "Ti/16", { classes: 3, inputShape: [32, 32, 3] }],
  smallVit: [(options: Any) => describe(architecture.smallVit(options)), {
    ...{ patch: 2, size: 4, depth: 1, heads: 2, hidden: 4, positions: true },
    ...{ classes: 3, inputShape: [4, 4, 2] },
  }],
  smallHybrid: [architecture.smallHybrid, shared],
  efficientNetLite0: [architecture.efficientNetLite0, {
    ...{ classes: 3, inputShape: [32, 32, 3], batchNorm: true },
  }],
  transformerBlock: [
    (settings: Any) =>
      describe(network("n", [4, 4, 2], [
        layers.patchify({ size: 1 }),
        architecture.transformerBlock(settings),
      ])),
    {
      ...{ name: "a", size: 2, heads: 2, hidden: 4 },
      ...{ activation: "gelu", epsilon: 0.1 },
    },
  ],
  residualBlock: [placed(architecture.residualBlock), {
    name: "a",
    channels: 2,
    filters: 4,
    strides: 1,
    block: "basic",
    shortcut: "pad",
    batchNorm: true,
    plain: false,
  }],

  "layers.conv2d": [placed(layers.conv2d), {
    filters: 1,
    kernelSize: 1,
    strides: 1,
    padding: "same",
    dilations: 1,
    groups: 1,
    useBias: true,
    name: "a",
  }],
  "layers.dense": [
    (settings) =>
      describe(
        network("n", [4, 4, 2], [layers.flatten(), layers.dense(settings)]),
      ),
    { units: 1, useBias: true, name: "a" },
  ],
  "layers.maxPool2d": [placed(layers.maxPool2d), { ...pool, name: "a" }],
  "layers.avgPool2d": [placed(layers.avgPool2d), { ...pool, name: "a" }],
  // The kinds without a setting but a name.
  ...Object.fromEntries(
    [...kinds.values()].filter(({ settings }) => !Object.keys(settings).length)
      .map(({ kind, make }) => [
        `layers.${kind}`,
        [/token/i.test(kind) ? onTokens(make) : placed(make), {
          name: "a",
        }],
      ]),
  ),
  "layers.batchNorm": [placed(layers.batchNorm), {
    epsilon: 0.1,
    momentum: 0.5,
    name: "a",
  }],
  "layers.dropout": [placed(layers.dropout), { rate: 0.5, name: "a" }],
  "layers.patchify": [placed(layers.patchify), { size: 2, name: "a" }],
  "layers.classToken": [onTokens(layers.classToken), { name: "a" }],
  "layers.position": [onTokens(layers.position), { name: "a" }],
  "layers.attention": [onTokens(layers.attention), { heads: 2, name: "a" }],
  "layers.layerNorm": [placed(layers.layerNorm), { epsilon: 0.1, name: "a" }],
  "layers.maxout": [placed(layers.maxout), { pieces: 1, name: "a" }],
  "layers.padShortcut": [placed(layers.padShortcut), {
    filters: 2,
    strides: 1,
    name: "a",
  }],
  "layers.sequence": [placed(layers.sequence), [layers.relu()], { name: "a" }],
  "layers.parallel": [placed(layers.parallel), [[]], {
    join: "add",
    name: "a",
  }],
};

function ofLayers(): Record<string, Call> {
  const of = layerFunctions;
  return {
    add: [of.add, x, x],
    attention: [of.attention, tokens, tokens, tokens, { heads: 1 }],
    attentionBackward: [of.attentionBackward, tokens, tokens, tokens, tokens, {
      heads: 1,
    }],
    attentionWeights: [of.attentionWeights, tokens, tokens, { heads: 1 }],
    avgPool2d: [of.avgPool2d, x, pool],
    avgPool2dBackward: [of.avgPool2dBackward, x, dy, pool],
    batchNorm: [of.batchNorm, x, norm],
    batchNormBackward: [of.batchNormBackward, x, x, norm],
    checkGradient: [of.checkGradient, (t: Any) => t, rows, {
      analytic: tensor([[1, 1, 1], [1, 1, 1]]),
      dy: tensor([[1, 1, 1], [1, 1, 1]]),
      tolerance: 1e-4,
      epsilon: 1e-5,
      samples: 2,
      seed: 1,
      name: "f",
    }],
    classToken: [of.classToken, tokens, ones],
    classTokenBackward: [of.classTokenBackward, tokens, zeros([2, 4, 2])],
    concat: [of.concat, [x, x]],
    concatBackward: [of.concatBackward, [x, x], zeros([1, 4, 4, 4])],
    concatShape: [concatShape, [[1, 2], [1, 3]]],
    conv2d: [of.conv2d, x, kernel, conv],
    conv2dBackward: [of.conv2dBackward, x, kernel, dy, conv],
    conv2dKernelBackward: [of.conv2dKernelBackward, x, kernel, dy, conv],
    conv2dKernelShape: [of.conv2dKernelShape, x.shape, {
      filters: 2,
      kernelSize: 3,
      groups: 1,
    }],
    conv2dNaive: [of.conv2dNaive, x, kernel, conv],
    conv2dNaiveBackward: [of.conv2dNaiveBackward, x, kernel, dy, conv],
    conv2dShape: [of.conv2dShape, x.shape, kernel.shape, conv],
    dense: [of.dense, rows, matrix, { bias: ones }],
    denseBackward: [of.denseBackward, rows, matrix, zeros([2, 2])],
    denseShape: [denseShape, rows.shape, matrix.shape],
    dropout: [of.dropout, x, { rate: 0.5, seed: 1 }],
    dropoutBackward: [of.dropoutBackward, x, x],
    firstToken: [of.firstToken, tokens],
    firstTokenBackward: [of.firstTokenBackward, tokens, zeros([2, 2])],
    flatten: [of.flatten, x],
    flattenBackward: [of.flattenBackward, x, zeros([1, 32])],
    flattenShape: [flattenShape, x.shape],
    gelu: [of.gelu, x],
    geluBackward: [of.geluBackward, x, x],
    globalAvgPool2d: [of.globalAvgPool2d, x],
    globalAvgPool2dBackward: [of.globalAvgPool2dBackward, x, zeros([1, 2])],
    globalAvgPool2dShape: [globalAvgPool2dShape, x.shape],
    infoNce: [of.infoNce, rows, rows, { temperature: 0.5 }],
    l2Normalize: [of.l2Normalize, rows],
    l2NormalizeBackward: [of.l2NormalizeBackward, rows, rows],
    layerNorm: [of.layerNorm, tokens, rowNorm],
    layerNormBackward: [of.layerNormBackward, tokens, tokens, rowNorm],
    matmul: [of.matmul, rows, matrix],
    maxPool2d: [of.maxPool2d, x, pool],
    maxPool2dBackward: [of.maxPool2dBackward, x, dy, pool],
    maxout: [of.maxout, x, { pieces: 2 }],
    maxoutBackward: [of.maxoutBackward, x, zeros([1, 4, 4, 1]), { pieces: 2 }],
    moments: [moments, x],
    outputLength: [of.outputLength, 4, place],
    paddingAmounts: [of.paddingAmounts, 4, place],
    patchify: [of.patchify, x, 2],
    patchifyBackward: [of.patchifyBackward, x, zeros([1, 4, 8]), 2],
    pool2dShape: [of.pool2dShape, x.shape, pool],
    position: [of.position, tokens, matrix],
    positionBackward: [of.positionBackward, tokens, tokens],
    relu: [of.relu, x],
    relu6: [of.relu6, x],
    relu6Backward: [of.relu6Backward, x, x],
    reluBackward: [of.reluBackward, x, x],
    softmax: [of.softmax, rows],
    softmaxBackward: [of.softmaxBackward, rows, rows],
    softmaxCrossEntropy: [of.softmaxCrossEntropy, rows, [0, 1]],
    tokenMean: [of.tokenMean, tokens],
    tokenMeanBackward: [of.tokenMeanBackward, tokens, zeros([2, 2])],
  };
}

/** What arrives where nobody checks types. */
const wrongValues: unknown[] = [
  ...[undefined, null, NaN, Infinity, -Infinity, 1e9 + 0.5, 1.5, -1, 0],
  ...["word", "2", true, 1n, Symbol("s"), () => 1, new Date(0), new Map()],
  ...[[], [NaN], [1.5], [-1], ["a"], [null], [undefined], [[1]], [1n]],
  ...[{}, { shape: [2], data: [1, 2] }, { data: new Float32Array(2) }],
  { shape: "ab", data: new Float32Array(2) },
  { shape: [1.5], data: new Float32Array(2) },
  { shape: [-1, -2], data: new Float32Array(2) },
  { shape: [3], data: new Float32Array(2) },
  ...[new Uint8Array(2), Array.from({ length: 5000 }, () => "a")],
  ...[tensor(1), zeros([7]), zeros([2, 2]), zeros([0, 4, 4, 2])],
  ...[zeros([1, 1, 1, 1]), zeros([2, 0]), zeros([2, 3, 4])],
];

/** What a value is: only a value of the same kind as the right one may pass. */
function kindOf(value: Any): string {
  if (Number.isNaN(value)) return "NaN";
  if (value === Infinity || value === -Infinity) return "infinite";
  if (Array.isArray(value) || ArrayBuffer.isView(value)) {
    const list = value as ArrayLike<unknown>;
    return `list of ${list.length ? kindOf(list[0]) : "nothing"}`;
  }
  if (typeof value !== "object" || value === null) {
    return value === null ? "null" : typeof value;
  }
  const { shape, data } = value;
  const typed = data instanceof Float32Array || data instanceof Float64Array;
  const fits = typed && Array.isArray(shape) &&
    shape.every((length) => Number.isInteger(length) && length >= 0) &&
    shape.reduce((a, b) => a * b, 1) === data.length;
  return fits ? "tensor" : Object.prototype.toString.call(value);
}

/** A place where a call can go wrong: what is right there, and the call with something else. */
interface Place {
  right: unknown;
  put: (bad: unknown) => Any[];
  /** Whether it may be left out. */
  optional: boolean;
}

/** Each argument of a call, and each field of its options. */
function placesOf(values: unknown[]): Place[] {
  return values.flatMap((value, i) => {
    const put = (bad: unknown) => values.with(i, bad);
    if (kindOf(value) !== "[object Object]") {
      return { right: value, put, optional: kindOf(value) !== "tensor" };
    }
    const fields = Object.entries(value as object).map(([name, right]) => ({
      right,
      put: (bad: unknown) => put({ ...value as object, [name]: bad }),
      optional: true,
    }));
    return [{ right: value, put, optional: true }, ...fields];
  });
}

/** Whether `bad` may stand where `right` is right: the same kind of value, or none. */
function mayPass({ right, optional }: Place, bad: unknown): boolean {
  if (bad === undefined) return optional;
  if (Number.isInteger(right) && !Number.isInteger(bad)) return false;
  const empty = Array.isArray(bad) && bad.length === 0;
  return empty || kindOf(bad) === kindOf(right);
}

/** Fails unless the message speaks for `name` and has its four parts. */
function assertSpeaksFor(name: string, error: unknown): void {
  const { message } = error as Error;
  const own = name.split(" ")[0];
  const starts = [`${own}() `, `${own}() of `, 'network "', "a network "];
  assert(
    error instanceof TypeError || error instanceof RangeError ||
      message.includes("relative error"), // what checkGradient() is for
    `${error}`,
  );
  assert(
    starts.some((start) => message.startsWith(start)) &&
      / expects .+ but found .+: .+/s.test(message) && message.length < 600,
    message,
  );
}

for (const [name, [call, ...values]] of Object.entries(rightly)) {
  Deno.test(`${name}() refuses wrong arguments in its own name`, () => {
    call(...values);
    let refused = 0;
    for (const place of placesOf(values)) {
      for (const bad of wrongValues) {
        try {
          call(...place.put(bad));
        } catch (error) {
          assertSpeaksFor(name, error);
          refused++;
          continue;
        }
        // shapeText() writes down whatever list it gets.
        const written = name === "shapeText" && Array.isArray(bad);
        assert(
          written || mayPass(place, bad),
          `${name}() takes ${Deno.inspect(bad)} for ${
            Deno.inspect(place.right)
          }`,
        );
      }
    }
    assert(refused > 0);
  });
}

Deno.test("every function of tensors, random numbers, layers and networks is tried", () => {
  const rooms = [
    tensors,
    verbs,
    reduce,
    randoms,
    layerFunctions,
    architecture,
    {
      ...Object.fromEntries(
        Object.entries(layers).map(([name, make]) => [`layers.${name}`, make]),
      ),
    },
  ];
  const exported = rooms.flatMap((room) =>
    Object.entries(room).filter(([, value]) => typeof value === "function")
      .map(([name]) => name)
  );
  assertEquals(exported.filter((name) => !(name in rightly)), []);
});
