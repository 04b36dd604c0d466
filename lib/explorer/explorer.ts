import type * as tensorflow from "@tensorflow/tfjs";
import { checkTensor } from "../base/check.ts";
import { escapeHtml, scriptJson } from "../base/html.ts";
import { settle, shown } from "../base/options.ts";
import { argMax } from "../base/reduce.ts";
import { shapeText, sizeOf, type Tensor } from "../base/tensor.ts";
import {
  type AnyNetwork,
  checkNetwork,
  isScratch,
} from "../explain/any_network.ts";
import {
  type Displayable,
  jupyterDisplay,
  type MimeBundle,
} from "../kernel/displayable.ts";
import { softmax } from "../layers/softmax.ts";
import { plan } from "../networks/plan.ts";
import { figureLimit } from "../plot/figure.ts";
import { pageScript } from "./built.ts";
import { readModel } from "./from_tfjs.ts";
import {
  countWeights,
  type Graph,
  nodesOf,
  openGraph,
  runGraph,
  weightShapes,
} from "./graph.ts";
import { toBase64, toHalf } from "./half.ts";
import type { Sent } from "./sent.ts";
import { inCharacters, staticPicture } from "./static_picture.ts";

/** What an explorer shows besides its networks. */
export interface ExplorerOptions {
  /** Names of the classes, such as `digits.classNames`; their numbers unless told. */
  readonly labels?: readonly string[];
  /** Pictures to choose from, [N, H, W, C]; a blank one to draw on unless told. */
  readonly images?: Tensor;
  /** What the networks are called; as their architectures unless told. */
  readonly names?: readonly string[];
}

/** An explorer as a value; `summary` says in words what it shows first. */
export interface Explorer extends Displayable {
  readonly summary: string;
}

/** Weights of all networks of one explorer. */
const mostWeights = 300_000;

/**
 * A network at work in the reader's browser: draw a picture, choose one or cover a
 * part of it, and every layer's maps and the answer follow at once. A click on a
 * unit opens it: what it sees, its kernel, the products, their sum, and which
 * pixels it all comes from.
 *
 * It runs in the page, on the library's own layers, without the kernel and without
 * a net. The weights go along as float16, which holds three digits. Where scripts
 * do not run, a still picture of all maps stands in its place.
 *
 * @param network From buildNetwork() or toLayersModel(), or another model of
 * TensorFlow.js whose layers the library has too; two of them stand side by side.
 * @param options `labels`, `images`, `names`.
 * @returns An explorer; show it with `await show(explorer(network))`.
 * @throws {TypeError} No network, a layer of an unknown kind, networks for
 * different pictures; labels, images or names that do not fit.
 * @throws {RangeError} More than two networks, or more than 300,000 weights in
 * all; an output of more than 0.9 MB; weights or pictures that are not finite.
 *
 * @example
 * ```ts
 * import { buildNetwork, explorer, lenet, randomUniform } from "cnn";
 * import { assertMatch } from "@std/assert";
 *
 * const network = buildNetwork(lenet(), { seed: 1 });
 * const images = randomUniform([3, 28, 28, 1], 1);
 * const { summary } = explorer(network, { images });
 * assertMatch(summary, /^Explorer of LeNet\. .* it says \d, \d+\.\d %/);
 * ```
 */
export function explorer(
  network: AnyNetwork | readonly AnyNetwork[],
  options: ExplorerOptions = {},
): Explorer {
  const fn = "explorer";
  const { labels, images, names } = settle(fn, options, {
    labels: undefined,
    images: undefined,
    names: undefined,
  });
  const given = (Array.isArray(network) ? network : [network]) as AnyNetwork[];
  if (given.length < 1 || given.length > 2) {
    throw new RangeError(
      `${fn}() expects one network or two but found ${given.length}: show the others in a cell of their own`,
    );
  }
  const read = given.map(readNetwork);
  checkNames(names, read.length);
  const graphs = read.map(({ graph }, i) => ({
    ...graph,
    name: names?.[i] ??
      (read.length > 1 && read[0].graph.name === graph.name
        ? `${graph.name} ${"AB"[i]}`
        : graph.name),
  }));
  const [{ inputShape }] = graphs;
  for (const other of graphs) {
    if (shapeText(other.inputShape) === shapeText(inputShape)) continue;
    throw new TypeError(
      `${fn}() expects networks for the same pictures but found ${
        shapeText(inputShape)
      } and ${shapeText(other.inputShape)}: show each in a cell of its own`,
    );
  }
  const count = graphs.reduce((sum, graph) => sum + countWeights(graph), 0);
  if (count > mostWeights) {
    throw new RangeError(
      `${fn}() expects at most ${
        mostWeights.toLocaleString("en-US")
      } weights in all but found ${
        count.toLocaleString("en-US")
      }: make the network narrower, or look at it with activations() and featureMaps()`,
    );
  }
  const packed = graphs.map((graph, i) =>
    toBase64(toHalf(inOrder(fn, graph, read[i].weights)))
  );
  const opened = graphs.map((graph, i) => openGraph(graph, read[i].weights));
  const classes = opened[0].at(-1)!.shape;
  checkLabels(labels, classes);
  const pictures = checkPictures(images, inputShape);
  const range = rangeOf(images);
  const first = pictures[0] ??
    new Float32Array(sizeOf(inputShape)).fill(range[0]);
  const x = { shape: [1, ...inputShape], data: first };

  const answers = opened.map((nodes, i) => {
    const values = runGraph(nodes, x);
    const last = nodes[nodes.length - 1], y = values.get(last.name)!;
    return { values, says: saysOf(graphs[i].name, y, last.kind, labels) };
  });
  const summary =
    `Explorer of ${graphs.map(({ name }) => name).join(" and ")}. ` +
    answers.map(({ says }) => says).join(" ");
  const sent: Sent = {
    networks: graphs.map((graph, i) => ({ graph, weights: packed[i] })),
    labels: labels ?? [],
    range,
    images: pictures.map(pack),
  };
  const still = staticPicture(opened[0], answers[0].values, range);
  const bundle: MimeBundle = {
    "text/html": explorerHtml(sent, summary, still),
    "image/png": still.slice(still.indexOf(",") + 1),
    "text/plain": `${summary}\n${inCharacters(x, range)}`,
  };
  const bytes = new TextEncoder().encode(JSON.stringify(bundle)).length;
  if (bytes > figureLimit) {
    throw new RangeError(
      `${fn}() expects at most ${figureLimit} bytes of output but found ${bytes} with ${pictures.length} pictures: show fewer of them, or a narrower network`,
    );
  }
  return { summary, [jupyterDisplay]: () => bundle };
}

function readNetwork(network: AnyNetwork) {
  checkNetwork("explorer", network);
  if (!isScratch(network)) {
    return readModel("explorer", network as tensorflow.LayersModel);
  }
  const { architecture, weights } = network;
  const { name, inputShape } = architecture;
  const graph: Graph = { name, inputShape, nodes: nodesOf(plan(architecture)) };
  return { graph, weights };
}

/** All weights of a graph one after the other. */
function inOrder(
  fn: string,
  graph: Graph,
  weights: ReadonlyMap<string, Tensor>,
): Float32Array {
  const all = new Float32Array(countWeights(graph));
  let at = 0;
  for (const [name] of weightShapes(graph)) {
    const { data } = weights.get(name)!;
    const wrong = data.find((value) => !(Math.abs(value) < 65504));
    if (wrong !== undefined) {
      throw new RangeError(
        `${fn}() expects weights below 65504, the largest float16, but found ${wrong} in "${name}" of "${graph.name}": did its training break?`,
      );
    }
    all.set(data, at);
    at += data.length;
  }
  return all;
}

/** Throws unless there is one name a network. */
function checkNames(names: readonly string[] | undefined, count: number) {
  const fits = names === undefined || Array.isArray(names) &&
      names.length === count && names.every((name) => typeof name === "string");
  if (fits) return;
  throw new TypeError(
    `explorer() expects ${count} names but found ${
      shown(names)
    }: write one text for each network`,
  );
}

/** Throws unless there is one label a class. */
function checkLabels(
  labels: readonly string[] | undefined,
  classes: readonly number[],
) {
  if (labels === undefined) return;
  const fits = Array.isArray(labels) && classes.length === 1 &&
    labels.length === classes[0] &&
    labels.every((label) => typeof label === "string");
  if (fits) return;
  throw new TypeError(
    `explorer() expects labels, one text for each of the outputs ${
      shapeText(classes)
    }, but found ${shown(labels)}: pass names such as digits.classNames`,
  );
}

/** The pictures one by one; throws unless they are what the network takes. */
function checkPictures(
  images: Tensor | undefined,
  inputShape: readonly number[],
): Float32Array[] {
  if (images === undefined) return [];
  checkTensor("explorer", "images", images);
  const [count, ...shape] = images.shape;
  if (count === 0 || shapeText(shape) !== shapeText(inputShape)) {
    throw new TypeError(
      `explorer() expects images [N, ${
        inputShape.join(", ")
      }], at least one, but found ${
        shapeText(images.shape)
      }: take some with slice(images, 0, 10)`,
    );
  }
  const wrong = images.data.find((value) => !Number.isFinite(value));
  if (wrong !== undefined) {
    throw new RangeError(
      `explorer() expects images of finite numbers but found ${wrong}: look where it comes from`,
    );
  }
  const size = sizeOf(inputShape);
  return Array.from(
    { length: count },
    (_, n) => Float32Array.from(images.data.slice(n * size, (n + 1) * size)),
  );
}

/** The values of paper and ink: 0 and 1, or the ends of what the pictures hold. */
function rangeOf(images: Tensor | undefined): [number, number] {
  let low = 0, high = 1;
  for (const value of images?.data ?? []) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return [low, high];
}

/** A picture's numbers: as bytes where nothing is lost. */
function pack(picture: Float32Array): Sent["images"][number] {
  const bytes = Uint8Array.from(picture, (value) => Math.round(255 * value));
  const exact = picture.every((value, i) =>
    Math.fround(bytes[i] / 255) === value
  );
  return exact
    ? { bytes: toBase64(bytes) }
    : { halves: toBase64(toHalf(picture)) };
}

/** What a network says to a picture. */
function saysOf(
  name: string,
  y: Tensor,
  kind: string,
  labels: readonly string[] | undefined,
): string {
  if (y.shape.length !== 2) return `${name} gives ${shapeText(y.shape)}.`;
  const shares = kind === "softmax" ? y : softmax(y);
  const best = argMax(shares);
  const share = (100 * shares.data[best]).toFixed(1);
  return `Of the first picture it says ${labels?.[best] ?? best}, ${share} %.`;
}

function explorerHtml(
  sent: Sent,
  summary: string,
  still: string,
): string {
  const id = `cnn-explorer-${crypto.randomUUID()}`;
  const words = escapeHtml(summary);
  // JupyterLab takes arrow keys for its own outside of what it may not look into.
  return `<div class="cnn-explorer" id="${id}" data-lm-suppress-shortcuts="true">` +
    `<p>${words} Run the cell to draw and to click.</p>` +
    // Where scripts do not run, as in a notebook that nobody trusts.
    `<img alt="The picture and the maps of all layers" src="${still}">` +
    `<script type="application/json">${scriptJson(sent)}</script></div>` +
    // By its id: in VS Code a script's parent is another box.
    `<script>(function(){${pageScript}page.mount(document.getElementById("${id}"))})()</script>`;
}
