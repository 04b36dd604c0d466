/** Where the panels of the sliding window lie, and the colours of their numbers. */
import type { Annotations } from "plotly.js";
import { caption, type Place, type Range } from "./cell_panels.ts";
import { colourRange } from "./matrix.ts";
import type { Sliding } from "./sliding_steps.ts";

/** The panels and where they lie: all share one pair of axes. */
export interface Scene {
  input: Place;
  kernel: Place;
  products: Place;
  output: Place;
  width: number;
  height: number;
  /** Screen pixels of a cell. */
  cell: number;
  /** The row where the arithmetic stands. */
  arithmetic: number;
}

/** Input at the left, kernel over products in the middle, output at the right. */
export function sceneOf({ padded, kernel, output }: Sliding): Scene {
  const gap = 2;
  const head = 1.2; // room for the captions
  const middle = Math.max(kernel[0].length, 3);
  const wide = padded[0].length;
  const left = wide + gap;
  const stack = kernel.length * 2 + 1.6;
  const body = Math.max(padded.length, output.length, stack);
  const centred = (size: number) => head + (body - size) / 2;
  const kernelLeft = left + (middle - kernel[0].length) / 2;
  const width = left + middle + gap + Math.max(output[0].length, 3);
  const cell = Math.max(26, Math.min(44, Math.floor(820 / width)));
  const lines = (kernel.length + 1) * 21 / cell;
  return {
    input: { left: 0, top: centred(padded.length) },
    kernel: { left: kernelLeft, top: centred(stack) },
    products: {
      left: kernelLeft,
      top: centred(stack) + kernel.length + 1.6,
    },
    output: { left: left + middle + gap, top: centred(output.length) },
    width,
    height: head + body + 0.8 + lines,
    cell,
    arithmetic: head + body + 0.8,
  };
}

/** The values at the ends of each panel's colours. */
export interface Ranges {
  input: Range;
  kernel: Range;
  products: Range;
  output: Range;
}

/** One colour scale a panel, the same at every place of the window. */
export function coloursOf({ padded, kernel, output, steps }: Sliding): Ranges {
  return {
    input: colourRange(padded.flat()),
    kernel: colourRange(kernel.flat()),
    products: colourRange(steps.flatMap((s) => s.products.flat())),
    output: colourRange(output.flat()),
  };
}

/** The names over the panels. */
export function captions(
  sliding: Sliding,
  scene: Scene,
  shape: readonly number[],
): Partial<Annotations>[] {
  const { padded, kernel, output } = sliding;
  const isPadded = padded.length > shape[0] || padded[0].length > shape[1];
  return [
    caption(
      isPadded ? "input, with zeros around" : "input",
      scene.input,
      padded[0].length,
    ),
    caption("kernel", scene.kernel, kernel[0].length),
    caption("products", scene.products, kernel[0].length),
    caption("output", scene.output, output[0].length),
  ];
}
