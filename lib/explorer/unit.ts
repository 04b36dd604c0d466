/**
 * How one unit comes to its value: the numbers that it reads, what it does with
 * them, and where they come from.
 *
 * @module
 */
import type { Tensor } from "../base/tensor.ts";
import { slidingGrid } from "../layers/window.ts";
import { type OpenNode, placeOf } from "./graph.ts";

/** One number that a unit reads, and its weight where it has one. */
export interface Term {
  /** Number of the unit it comes from; -1 in the padding, which is 0. */
  readonly from: number;
  readonly x: number;
  readonly weight: number;
}

/** What a filter sees in one channel of its input: KH * KW terms, row by row. */
export interface Plane {
  readonly channel: number;
  readonly terms: readonly Term[];
  readonly sum: number;
}

/** How a unit comes to its value. */
export type Unit =
  & {
    readonly value: number;
    /** The node it reads, and the units there that decide it most. */
    readonly sources: readonly { readonly name: string; readonly at: number }[];
  }
  & (
    | {
      readonly how: "window";
      readonly size: readonly [number, number];
      readonly planes: readonly Plane[];
      readonly sum: number;
      readonly bias: number;
    }
    | {
      readonly how: "dense";
      readonly terms: readonly Term[];
      readonly sum: number;
      readonly bias: number;
    }
    | {
      readonly how: "pool";
      readonly size: readonly [number, number];
      /** -1 where the window stands in the padding, which does not count. */
      readonly terms: readonly Term[];
      readonly mean: boolean;
      /** Place of the largest among the terms. */
      readonly most: number;
    }
    | { readonly how: "each"; readonly x: number }
    | { readonly how: "average"; readonly count: number; readonly sum: number }
    | {
      readonly how: "norm";
      readonly x: number;
      readonly mean: number;
      readonly variance: number;
      readonly epsilon: number;
      readonly gamma: number;
      readonly beta: number;
    }
    | { readonly how: "add"; readonly xs: readonly number[] }
    | { readonly how: "copy"; readonly x: number }
    | { readonly how: "softmax"; readonly logits: readonly number[] }
    | { readonly how: "other" }
  );

// deno-lint-ignore no-explicit-any -- the settings of the kind that was asked for
type Any = any;

/** How unit number `at` of a node comes to its value. */
export function unitOf(
  node: OpenNode,
  at: number,
  values: ReadonlyMap<string, Tensor>,
): Unit {
  const value = values.get(node.name)!.data[at];
  const xs = node.inputs.map((name) => values.get(name)!.data);
  const [x] = xs, [name] = node.inputs;
  const whole = { value, sources: [{ name, at }] };
  switch (node.kind) {
    case "conv2d":
      return windowUnit(node, at, x, value);
    case "maxPool2d":
    case "avgPool2d":
      return poolUnit(node, at, x, value);
    case "dense":
      return denseUnit(node, at, x, value);
    case "relu":
    case "relu6":
    case "gelu":
      return { ...whole, how: "each", x: x[at] };
    case "flatten":
    case "dropout":
      return { ...whole, how: "copy", x: x[at] };
    case "batchNorm": {
      const { gamma, beta, movingMean, movingVariance } = node.weights;
      const c = at % gamma.data.length;
      return {
        ...whole,
        how: "norm",
        x: x[at],
        mean: movingMean.data[c],
        variance: movingVariance.data[c],
        epsilon: (node.settings as Any).epsilon,
        gamma: gamma.data[c],
        beta: beta.data[c],
      };
    }
    case "globalAvgPool2d": {
      const channels = node.inputShapes[0][2];
      let sum = 0, most = at;
      for (let i = at; i < x.length; i += channels) {
        sum += x[i];
        if (x[i] > x[most]) most = i;
      }
      const sources = [{ name, at: most }];
      const count = x.length / channels;
      return { value, sources, how: "average", count, sum };
    }
    case "add":
      return {
        value,
        sources: node.inputs.map((name) => ({ name, at })),
        how: "add",
        xs: xs.map((x) => x[at]),
      };
    case "concat":
      return concatUnit(node, at, xs, value);
    case "softmax": {
      const width = node.shape.at(-1)!, start = at - at % width;
      const logits = Array.from(x.subarray(start, start + width));
      return { ...whole, how: "softmax", logits };
    }
  }
  return { value, sources: [], how: "other" };
}

/** The grid of a node's window over its input. */
function gridOf({ settings, inputShapes }: OpenNode, size: number[]) {
  return slidingGrid("explorer", [1, ...inputShapes[0]], size, settings as Any);
}

/** The numbers under the window at an output place, in one channel. */
function under(
  grid: ReturnType<typeof gridOf>,
  [row, column]: readonly number[],
  channel: number,
  x: ArrayLike<number>,
  weightAt: (tap: number) => number,
): Term[] {
  const terms: Term[] = [];
  for (let a = 0; a < grid.sizeH; a++) {
    for (let b = 0; b < grid.sizeW; b++) {
      const r = row * grid.strideH - grid.top + a * grid.dilationH;
      const c = column * grid.strideW - grid.left + b * grid.dilationW;
      const inside = r >= 0 && r < grid.height && c >= 0 && c < grid.width;
      const from = inside ? (r * grid.width + c) * grid.channels + channel : -1;
      const weight = weightAt(terms.length);
      terms.push({ from, x: inside ? x[from] : 0, weight });
    }
  }
  return terms;
}

const sumOf = (terms: readonly Term[]) =>
  terms.reduce((sum, { x, weight }) => sum + x * weight, 0);

/** The source of the largest number; -1 is none. */
const largest = (terms: readonly Term[], of: (term: Term) => number) =>
  terms.reduce(
    (best, term, i) =>
      term.from >= 0 && (best < 0 || of(term) > of(terms[best])) ? i : best,
    -1,
  );

function windowUnit(
  node: OpenNode,
  at: number,
  x: ArrayLike<number>,
  value: number,
): Unit {
  const [kh, kw, depth, filters] = node.weights.kernel.shape;
  const place = placeOf(node.shape, at), filter = place[2];
  const first = Math.floor(filter / (filters / (node.settings as Any).groups)) *
    depth;
  const grid = gridOf(node, [kh, kw]);
  const planes = Array.from({ length: depth }, (_, c): Plane => {
    const weightAt = (tap: number) =>
      node.weights.kernel.data[(tap * depth + c) * filters + filter];
    const terms = under(grid, place, first + c, x, weightAt);
    return { channel: first + c, terms, sum: sumOf(terms) };
  });
  const terms = planes.flatMap((plane) => plane.terms);
  const most = largest(terms, (term) => Math.abs(term.x * term.weight));
  return {
    value,
    sources: [{ name: node.inputs[0], at: terms[most].from }],
    how: "window",
    size: [kh, kw],
    planes,
    sum: planes.reduce((sum, plane) => sum + plane.sum, 0),
    bias: node.weights.bias?.data[filter] ?? 0,
  };
}

function denseUnit(
  node: OpenNode,
  at: number,
  x: ArrayLike<number>,
  value: number,
): Unit {
  const { kernel, bias } = node.weights;
  const [count, units] = kernel.shape;
  const unit = at % units, start = Math.floor(at / units) * count;
  const terms = Array.from({ length: count }, (_, i): Term => ({
    from: start + i,
    x: x[start + i],
    weight: kernel.data[i * units + unit],
  }));
  const most = largest(terms, (term) => Math.abs(term.x * term.weight));
  return {
    value,
    sources: [{ name: node.inputs[0], at: terms[most].from }],
    how: "dense",
    terms,
    sum: sumOf(terms),
    bias: bias?.data[unit] ?? 0,
  };
}

function poolUnit(
  node: OpenNode,
  at: number,
  x: ArrayLike<number>,
  value: number,
): Unit {
  const size = (node.settings as Any).poolSize as [number, number];
  const place = placeOf(node.shape, at);
  const terms = under(gridOf(node, size), place, place[2], x, () => 1);
  const most = largest(terms, (term) => term.x);
  return {
    value,
    sources: [{ name: node.inputs[0], at: terms[most].from }],
    how: "pool",
    size,
    terms,
    mean: node.kind === "avgPool2d",
    most,
  };
}

function concatUnit(
  node: OpenNode,
  at: number,
  xs: readonly ArrayLike<number>[],
  value: number,
): Unit {
  const width = node.shape.at(-1)!;
  let channel = at % width, branch = 0;
  const widthOf = (n: number) => node.inputShapes[n].at(-1)!;
  while (channel >= widthOf(branch)) channel -= widthOf(branch++);
  const from = Math.floor(at / width) * widthOf(branch) + channel;
  const sources = [{ name: node.inputs[branch], at: from }];
  return { value, sources, how: "copy", x: xs[branch][from] };
}
