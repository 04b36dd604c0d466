/** The network that the page runs is the network that it was made from. @module */
import { assert, assertEquals, assertThrows } from "@std/assert";
import * as cnn from "cnn";
import { nodesOf, openGraph, runGraph } from "../../lib/explorer/graph.ts";
import { readModel } from "../../lib/explorer/from_tfjs.ts";
import { reachOf } from "../../lib/explorer/reach.ts";
import { unitOf } from "../../lib/explorer/unit.ts";
import { plan } from "../../lib/networks/plan.ts";

const { layers } = cnn;

/** Networks with every way that layers are joined, and every kind opened up. */
const architectures: cnn.Architecture[] = [
  cnn.lenet(),
  cnn.lenet({ pool: "avg" }),
  cnn.cifarResnet(8),
  cnn.smallVit({
    inputShape: [8, 8, 3],
    patch: 4,
    size: 8,
    depth: 1,
    heads: 2,
    classes: 3,
  }),
  cnn.network("mixed", [9, 8, 2], [
    layers.parallel([
      [
        layers.conv2d({
          filters: 4,
          kernelSize: [3, 2],
          strides: [2, 1],
          padding: "same",
          groups: 2,
        }),
        layers.batchNorm(),
        layers.gelu(),
      ],
      [
        layers.maxPool2d({ poolSize: 3, strides: [2, 1], padding: "same" }),
        layers.relu6(),
      ],
    ], { join: "concat" }),
    layers.conv2d({ filters: 3, kernelSize: 2, dilations: 2, useBias: false }),
    layers.dropout({ rate: 0.3 }),
    layers.avgPool2d({ poolSize: 2, strides: 1, padding: "same" }),
    layers.globalAvgPool2d(),
    layers.dense({ units: 5 }),
    layers.softmax(),
  ]),
];

/** A network and its graph, with weights and moments that are not 0 or 1. */
function drawn(architecture: cnn.Architecture) {
  const network = cnn.buildNetwork(architecture, { seed: 1 });
  let seed = 0;
  for (const [name, { data, shape }] of network.weights) {
    const more = cnn.randomUniform(shape, ++seed).data;
    const start = /Variance|gamma/.test(name) ? 0.5 : -0.3;
    data.forEach((_, i) => data[i] += 0.3 * (start + more[i]));
  }
  const { name, inputShape } = architecture;
  const graph = { name, inputShape, nodes: nodesOf(plan(architecture)) };
  const nodes = openGraph(JSON.parse(JSON.stringify(graph)), network.weights);
  const image = cnn.randomUniform([1, ...inputShape], 5);
  return { network, nodes, image };
}

for (const architecture of architectures) {
  const { name } = architecture;
  Deno.test(`runGraph() gives what forward() gives in every layer: ${name}`, () => {
    const { network, nodes, image } = drawn(architecture);
    network.forward(image);
    const values = runGraph(nodes, image);
    assertEquals([...values.keys()].slice(1), [...network.activations.keys()]);
    for (const [layer, y] of network.activations) {
      assertEquals(values.get(layer), y, layer);
    }
  });

  Deno.test(`unitOf() comes to the value of the unit: ${name}`, () => {
    const { nodes, image } = drawn(architecture);
    const values = runGraph(nodes, image);
    for (const node of nodes) {
      const { data } = values.get(node.name)!;
      const step = Math.max(1, Math.floor(data.length / 40));
      for (let at = 0; at < data.length; at += step) {
        const unit = unitOf(node, at, values);
        const own = valueOf(node.kind, unit);
        if (own === undefined) continue;
        const apart = Math.abs(own - data[at]);
        assert(
          apart < 1e-5 * Math.max(1, Math.abs(own)),
          `${node.name} ${at}: ${own}, not ${data[at]}`,
        );
        for (const { name, at } of unit.sources) {
          assert(at >= 0 && at < values.get(name)!.data.length);
        }
      }
    }
  });
}

/** A unit's value worked out from what is told of it. */
function valueOf(kind: string, unit: ReturnType<typeof unitOf>) {
  const { how } = unit;
  if (how === "window" || how === "dense") {
    const terms = how === "dense"
      ? unit.terms
      : unit.planes.flatMap((plane) => plane.terms);
    return terms.reduce((sum, { x, weight }) => sum + x * weight, 0) +
      unit.bias;
  }
  if (how === "pool") {
    const xs = unit.terms.filter(({ from }) => from >= 0).map(({ x }) => x);
    assertEquals(unit.mean, kind === "avgPool2d");
    return unit.mean ? xs.reduce((a, b) => a + b) / xs.length : Math.max(...xs);
  }
  if (how === "norm") {
    const { x, mean, variance, epsilon, gamma, beta } = unit;
    return (x - mean) / Math.sqrt(variance + epsilon) * gamma + beta;
  }
  if (how === "each") {
    if (kind === "relu") return Math.max(0, unit.x);
    if (kind === "relu6") return Math.min(6, Math.max(0, unit.x));
  }
  if (how === "average") return unit.sum / unit.count;
  if (how === "add") return unit.xs.reduce((a, b) => a + b);
  if (how === "copy") return unit.x;
  return undefined;
}

Deno.test("unitOf() takes the terms from where the numbers are", () => {
  const { nodes, image } = drawn(architectures[4]);
  const values = runGraph(nodes, image);
  for (const node of nodes) {
    const unit = unitOf(node, 3, values);
    if (unit.how !== "window" && unit.how !== "pool" && unit.how !== "dense") {
      continue;
    }
    const { data } = values.get(node.inputs[0])!;
    const terms = unit.how === "window"
      ? unit.planes.flatMap((p) => p.terms)
      : unit.terms;
    for (const { from, x } of terms) assertEquals(x, from < 0 ? 0 : data[from]);
  }
});

Deno.test("unitOf() opens softmax: the shares of its logits are its output", () => {
  const { nodes, image } = drawn(architectures[4]);
  const values = runGraph(nodes, image);
  const unit = unitOf(nodes.at(-1)!, 2, values);
  if (unit.how !== "softmax") throw new Error(unit.how);
  const powers = unit.logits.map(Math.exp);
  const share = powers[2] / powers.reduce((a, b) => a + b);
  assert(Math.abs(share - unit.value) < 1e-6);
});

Deno.test("reachOf() is the box of the pixels that move a unit", () => {
  const architecture = cnn.network("reach", [13, 12, 1], [
    layers.conv2d({ filters: 2, kernelSize: 3, strides: 2, padding: "same" }),
    layers.parallel([
      [],
      layers.conv2d({
        filters: 2,
        kernelSize: [1, 3],
        padding: "same",
        dilations: 2,
      }),
    ], { join: "add" }),
    layers.avgPool2d({ poolSize: 2, strides: 1 }),
    layers.flatten(),
    layers.dense({ units: 2 }),
  ]);
  const network = cnn.buildNetwork(architecture, { dtype: "float64" });
  // Weights above 0 let no two ways cancel.
  for (const { data } of network.weights.values()) {
    data.forEach((v, i) => data[i] = 0.1 + Math.abs(v));
  }
  const { name, inputShape } = architecture;
  const nodes = openGraph({
    name,
    inputShape,
    nodes: nodesOf(plan(architecture)),
  }, network.weights);
  const image = cnn.randomUniform([1, ...inputShape], 1, { dtype: "float64" });
  const still = runGraph(nodes, image);
  const moved = Array.from(image.data, (_, pixel) => {
    const data = image.data.slice();
    data[pixel] += 1;
    return runGraph(nodes, { ...image, data });
  });
  for (const node of nodes) {
    const { data } = still.get(node.name)!;
    for (let at = 0; at < data.length; at += 3) {
      const pixels = moved.flatMap((values, pixel) =>
        values.get(node.name)!.data[at] === data[at] ? [] : pixel
      );
      const rows = pixels.map((pixel) => Math.floor(pixel / 12));
      const columns = pixels.map((pixel) => pixel % 12);
      assertEquals(reachOf(nodes, node.name, at).get(""), {
        top: Math.min(...rows),
        bottom: Math.max(...rows),
        left: Math.min(...columns),
        right: Math.max(...columns),
      }, `${node.name} ${at}`);
    }
  }
});

Deno.test("readModel() reads what toLayersModel() made, weights and all", async () => {
  await cnn.useBackend("cpu");
  for (const architecture of architectures) {
    const { network, image } = drawn(architecture);
    const model = cnn.toLayersModel(architecture, { weights: network.weights });
    const { graph, weights } = readModel("test", model);
    const nodes = openGraph(graph, weights);
    const y = runGraph(nodes, image).get(nodes.at(-1)!.name)!;
    assertEquals(y, network.forward(image), architecture.name);
    model.dispose();
  }
});

Deno.test("explorer() takes a stock model of TensorFlow.js with activations inside its layers", async () => {
  const { tf } = await cnn.useBackend("cpu");
  const model = tf.sequential({
    layers: [
      tf.layers.conv2d({
        inputShape: [8, 8, 2],
        filters: 3,
        kernelSize: 3,
        activation: "relu",
        padding: "same",
      }),
      tf.layers.depthwiseConv2d({ kernelSize: 3, depthMultiplier: 2 }),
      tf.layers.activation({ activation: "relu6" }),
      tf.layers.maxPooling2d({ poolSize: 2 }),
      tf.layers.flatten(),
      tf.layers.dense({ units: 4, activation: "softmax" }),
    ],
  });
  const image = cnn.randomUniform([1, 8, 8, 2], 3);
  const { graph, weights } = readModel("test", model);
  const nodes = openGraph(graph, weights);
  const own = runGraph(nodes, image).get(nodes.at(-1)!.name)!;
  const x = cnn.toTf(image);
  const theirs = await cnn.fromTf(model.predict(x) as typeof x);
  assert(cnn.maxDifference(own, theirs) < 1e-6);
  const best = cnn.argMax(theirs);
  assert(
    cnn.explorer(model, { images: image }).summary.includes(`it says ${best},`),
  );
  const odd = tf.sequential({
    layers: [tf.layers.upSampling2d({ inputShape: [4, 4, 1], name: "up" })],
  });
  assertThrows(
    () => cnn.explorer(odd),
    TypeError,
    'explorer() expects layers of a known kind but found "UpSampling2D" in "up": it knows Conv2D,',
  );
  model.dispose();
});
