/**
 * A network as a list of nodes, each with the names of those that it reads: what
 * an architecture and a model of TensorFlow.js have in common, and what a page
 * can run, one node after the other.
 *
 * @module
 */
import { streamFor } from "../base/stream.ts";
import { sizeOf, type Tensor } from "../base/tensor.ts";
import {
  type LayerValue,
  type Settled,
  settledOf,
  type Shape,
  type Window,
} from "../layers/define.ts";
import { joins, kindOf } from "../layers/kinds.ts";
import type { Plan } from "../networks/plan.ts";

/** The name of the image among the inputs of a node. */
export const IMAGE = "";

/** One layer or join, as JSON can hold it. */
export interface GraphNode {
  readonly name: string;
  /** The layer; of a join only its kind, "add" or "concat". */
  readonly layer: LayerValue;
  /** Names of the nodes before it. */
  readonly inputs: readonly string[];
}

/** A network as JSON can hold it; the last node is its output. */
export interface Graph {
  readonly name: string;
  /** [H, W, C] */
  readonly inputShape: Shape;
  readonly nodes: readonly GraphNode[];
}

/** A node with its shapes and weights, which runs. */
export interface OpenNode extends GraphNode {
  readonly kind: string;
  readonly settings: Settled<LayerValue>;
  readonly inputShapes: readonly Shape[];
  readonly shape: Shape;
  readonly weights: Readonly<Record<string, Tensor>>;
  /** "5×5 conv 6" */
  readonly label: string;
  /** Where its window slides; "all" sees the whole grid, undefined one place. */
  readonly window: Window | "all" | undefined;
  /** Output [1, ...] for the outputs of the nodes before it. */
  run(xs: readonly Tensor[]): Tensor;
}

/** The nodes of a plan. */
export function nodesOf(plan: Plan): GraphNode[] {
  const nodes: GraphNode[] = [];
  const walk = (part: Plan, input: string): string => {
    if (part.type === "sequence") {
      return part.steps.reduce((name, step) => walk(step, name), input);
    }
    const inputs = part.type === "single"
      ? [input]
      : part.branches.map((branch) => walk(branch, input));
    const layer = part.type === "single" ? part.layer : { kind: part.join };
    nodes.push({ name: part.name, layer, inputs });
    return part.name;
  };
  walk(plan, IMAGE);
  return nodes;
}

/** Names and shapes of a graph's weights, in order. */
export function weightShapes(graph: Graph): [name: string, shape: Shape][] {
  return open(graph).flatMap(({ name, needs }) =>
    Object.entries(needs)
      .map(([role, shape]): [string, Shape] => [`${name}/${role}`, shape])
  );
}

/**
 * The nodes of a graph with their shapes and weights.
 *
 * @param weights By names such as "conv1/kernel".
 */
export function openGraph(
  graph: Graph,
  weights: ReadonlyMap<string, Tensor>,
): OpenNode[] {
  return open(graph).map(({ needs, runWith, ...node }) => {
    const own = Object.fromEntries(
      Object.keys(needs)
        .map((role) => [role, weights.get(`${node.name}/${role}`)!]),
    );
    return { ...node, weights: own, run: (xs) => runWith(xs, own) };
  });
}

/** Outputs [1, ...] of all nodes by name, and the image itself. */
export function runGraph(
  nodes: readonly OpenNode[],
  image: Tensor,
): Map<string, Tensor> {
  const values = new Map([[IMAGE, image]]);
  for (const { name, inputs, run } of nodes) {
    values.set(name, run(inputs.map((input) => values.get(input)!)));
  }
  return values;
}

type Weighted = Readonly<Record<string, Tensor>>;

/** Everything that is known of the nodes before their weights are. */
function open(graph: Graph) {
  const shapes = new Map([[IMAGE, graph.inputShape]]);
  return graph.nodes.map((node) => {
    const inputShapes = node.inputs.map((name) => shapes.get(name)!);
    const about = node.layer.kind === "add" || node.layer.kind === "concat"
      ? aboutJoin(node.layer.kind, inputShapes)
      : aboutLayer(node.layer, inputShapes[0]);
    shapes.set(node.name, about.shape);
    return { ...node, ...about, kind: node.layer.kind, inputShapes };
  });
}

function aboutLayer(layer: LayerValue, input: Shape) {
  const kind = kindOf(layer);
  const settings = settledOf(kind, layer);
  const needs = Object.fromEntries(
    Object.entries(kind.weights?.(input, settings) ?? {})
      .map(([role, { shape }]) => [role, shape]),
  );
  return {
    settings,
    needs,
    shape: kind.shape(input, settings),
    label: kind.label(settings),
    window: kind.window?.(settings, input),
    runWith: ([x]: readonly Tensor[], weights: Weighted): Tensor =>
      kind.run(x, weights, settings, unused)[0],
  };
}

/** As in use: dropout passes all, and draws nothing. */
const unused = { training: false, stream: streamFor(1, "dropout") };

function aboutJoin(join: "add" | "concat", inputs: readonly Shape[]) {
  const { shape, label, run } = joins[join];
  return {
    settings: {} as Settled<LayerValue>,
    needs: {} as Record<string, Shape>,
    shape: shape(inputs),
    label: label(shape(inputs)),
    window: undefined,
    runWith: (xs: readonly Tensor[]): Tensor => run(xs)[0],
  };
}

/** Where unit number `at` of a shape stands: row, column and channel of an image. */
export function placeOf(shape: Shape, at: number): [number, number, number] {
  const channels = shape[2], width = shape[1];
  return [
    Math.floor(at / channels / width),
    Math.floor(at / channels) % width,
    at % channels,
  ];
}

/** How many numbers a graph's weights hold. */
export const countWeights = (graph: Graph): number =>
  weightShapes(graph).reduce((sum, [, shape]) => sum + sizeOf(shape), 0);
