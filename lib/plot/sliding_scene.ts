/** Where the panels of the sliding window lie, and the colours of their numbers. */
import type { Annotations } from "plotly.js";
import { caption, type Place, type Range } from "./cell_panels.ts";
import { cellSize, isReadable } from "./film.ts";
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
  /** The row where the arithmetic stands, and its font. */
  arithmetic: number;
  font: number;
}

const lineHeight = 1.4; // of the font
/** Width of an average character of the arithmetic, of the font. */
const character = 0.5;

/**
 * Input at the left, kernel over products in the middle, output at the right, or
 * below the products where all of that would be too wide to read.
 */
export function sceneOf({ padded, kernel, output, steps }: Sliding): Scene {
  const gap = 2;
  const head = 1.2; // room for the captions
  const middle = Math.max(kernel[0].length, 3);
  const wide = padded[0].length;
  const left = wide + gap;
  const stack = kernel.length * 2 + 1.6;
  const body = Math.max(padded.length, output.length, stack);
  const centred = (size: number) => head + (body - size) / 2;
  const kernelLeft = left + (middle - kernel[0].length) / 2;
  const across = left + middle + gap + Math.max(output[0].length, 3);
  const column = Math.max(middle, output[0].length);
  const beside = isReadable(across);
  const width = beside ? across : left + column;
  const cell = cellSize(width);
  const longest = Math.max(
    ...steps.flatMap((s) => s.lines.map((l) => l.length)),
  );
  const font = Math.min(15, width * cell / (character * (longest + 4)));
  const lines = (kernel.length + 1) * lineHeight * font / cell;
  if (!beside) {
    const tall = stack + 1.6 + output.length;
    const rows = Math.max(padded.length, tall);
    const top = head + (rows - tall) / 2;
    const middleOf = (size: number) => left + (column - size) / 2;
    return {
      input: { left: 0, top: head + (rows - padded.length) / 2 },
      kernel: { left: middleOf(kernel[0].length), top },
      products: {
        left: middleOf(kernel[0].length),
        top: top + kernel.length + 1.6,
      },
      output: { left: middleOf(output[0].length), top: top + stack + 1.6 },
      width,
      height: head + rows + 0.8 + lines,
      cell,
      arithmetic: head + rows + 0.8,
      font,
    };
  }
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
    font,
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
