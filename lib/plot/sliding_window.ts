import type { Frame, Layout } from "plotly.js";
import type { Tensor } from "../base/tensor.ts";
import { type Figure, figure } from "./figure.ts";
import { film } from "./film.ts";
import { player } from "./player.ts";
import { captions, coloursOf, sceneOf } from "./sliding_scene.ts";
import { type SlidingOptions, stepsOf } from "./sliding_steps.ts";
import { movingTraces, outlineTrace, stillTraces } from "./sliding_traces.ts";

/**
 * A convolution as an animation: the window moves over the input, its products
 * with the kernel are added, and the output fills up.
 *
 * The slider and the buttons run in the reader's browser, without the kernel.
 * Padding is drawn grey around the input.
 *
 * @param x Input [H, W], at most 12 by 12.
 * @param kernel Window [KH, KW].
 * @param options `strides`, `padding` and `dilations` as for conv2d; `title`.
 * @throws {TypeError} Another number of axes, or NaN.
 * @throws {RangeError} An input too large to read, or a window that does not fit.
 *
 * @example
 * ```ts
 * import { slidingWindow, tensor } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * const x = tensor([[0, 1, 2], [3, 4, 5], [6, 7, 8]]);
 * const film = slidingWindow(x, tensor([[0, 1], [2, 3]]));
 * assertEquals(film.frames?.length, 4);
 * ```
 */
export function slidingWindow(
  x: Tensor,
  kernel: Tensor,
  options: SlidingOptions = {},
): Figure {
  const sliding = stepsOf("slidingWindow", x, kernel, options);
  const { padded, steps, output } = sliding;
  const scene = sceneOf(sliding);
  const colours = coloursOf(sliding);
  const still = stillTraces(sliding, scene, colours, x.shape);
  const moving = movingTraces(sliding, scene, colours);
  const traces = moving[0].map((_, i) => still.length + i);
  // The first frame is drawn at once; each further one changes the moving traces.
  const frames: Partial<Frame>[] = moving.map((data, n) => ({
    name: String(n + 1),
    data,
    traces,
  }));
  const outlines = outlineTrace(sliding, scene);
  const { layout, width, height } = film(scene, options.title);
  return figure({
    data: [...still, ...moving[0], outlines],
    frames,
    config: { displayModeBar: false },
    layout: {
      ...layout,
      annotations: captions(sliding, scene, x.shape),
      ...player(
        steps.map((step) => `row ${step.row}, column ${step.column}`),
        { width, height, prefix: "output " },
      ),
    } as Partial<Layout>,
    summary:
      `Animation of a ${kernel.shape[0]} x ${
        kernel.shape[1]
      } window over ${padded.length} x ${
        padded[0].length
      } cells, ${steps.length} places, output ${output.length} x ${
        output[0].length
      }` + (options.title ? `: ${options.title}` : ""),
  });
}
