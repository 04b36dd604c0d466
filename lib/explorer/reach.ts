/**
 * Which part of every earlier grid a unit looks at, back to the pixels.
 *
 * @module
 */
import { paddingAmounts } from "../layers/window.ts";
import type { Shape } from "../layers/define.ts";
import { type OpenNode, placeOf } from "./graph.ts";

/** Rows and columns of a grid, first and last. */
export interface Box {
  readonly top: number;
  readonly bottom: number;
  readonly left: number;
  readonly right: number;
}

const isGrid = (shape: Shape) => shape.length === 3;

/**
 * The box that unit number `at` of a node sees of each grid before it, by name;
 * IMAGE is that of the pixels. What lies in the padding is left out.
 */
export function reachOf(
  nodes: readonly OpenNode[],
  name: string,
  at: number,
): Map<string, Box> {
  const seen = new Map<string, Box>();
  const see = (from: string, box: Box) => {
    const old = seen.get(from) ?? box;
    seen.set(from, {
      top: Math.min(old.top, box.top),
      bottom: Math.max(old.bottom, box.bottom),
      left: Math.min(old.left, box.left),
      right: Math.max(old.right, box.right),
    });
  };
  const whole = ([height, width]: Shape): Box => ({
    top: 0,
    bottom: height - 1,
    left: 0,
    right: width - 1,
  });
  const reached = new Set([name]);
  const last = nodes.findIndex((node) => node.name === name);
  for (let n = last; n >= 0; n--) {
    const node = nodes[n];
    if (!reached.has(node.name)) continue;
    const first = n === last;
    if (first && isGrid(node.shape)) {
      const [row, column] = placeOf(node.shape, at);
      see(node.name, { top: row, bottom: row, left: column, right: column });
    }
    node.inputs.forEach((from, i) => {
      const shape = node.inputShapes[i];
      reached.add(from);
      if (!isGrid(shape)) return;
      if (first && node.kind === "flatten") {
        const [row, column] = placeOf(shape, at);
        see(from, { top: row, bottom: row, left: column, right: column });
      } else if (!isGrid(node.shape) || node.window === "all") {
        see(from, whole(shape));
      } else see(from, before(node, shape, seen.get(node.name)!));
    });
  }
  return seen;
}

/** What a box of a node's output sees of its input. */
function before(
  { window, settings }: OpenNode,
  input: Shape,
  box: Box,
): Box {
  if (window === undefined || window === "all") return box;
  const { dilations = [1, 1] } = settings as {
    dilations?: readonly [number, number];
  };
  /** First and last pixel under the windows at places `from` to `to`. */
  const along = (axis: 0 | 1, from: number, to: number) => {
    const size = window.size[axis], stride = window.strides[axis];
    const { padding } = window;
    const pad = paddingAmounts(input[axis], { size, stride, padding }).before;
    const under: number[] = [];
    for (let place = from; place <= to; place++) {
      for (let step = 0; step < size; step += dilations[axis]) {
        const pixel = place * stride - pad + step;
        if (pixel >= 0 && pixel < input[axis]) under.push(pixel);
      }
    }
    return [Math.min(...under), Math.max(...under)];
  };
  const [top, bottom] = along(0, box.top, box.bottom);
  const [left, right] = along(1, box.left, box.right);
  return { top, bottom, left, right };
}
